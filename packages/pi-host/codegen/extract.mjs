// Reads pi's extension declarations and writes them as JSON Schema: the events in declaration order, and every named
// type they reach as a definition. Types are followed as they are written, because the checker forgets names of unions.
//
// usage: node extract.mjs <typescript package> <path of extensions/types.d.ts>   -> JSON on stdout
import { createRequire } from "node:module";

const [typescriptDir, typesFile] = process.argv.slice(2);
const ts = createRequire(import.meta.url)(typescriptDir);
const program = ts.createProgram([typesFile], {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  allowImportingTsExtensions: true,
  types: [],
});
const checker = program.getTypeChecker();
const defs = {};

/** What cannot cross to another process: a property of such a type is left out. */
const DROPPED = null;
const KEYWORDS = new Map([
  [ts.SyntaxKind.StringKeyword, { type: "string" }],
  [ts.SyntaxKind.NumberKeyword, { type: "number" }],
  [ts.SyntaxKind.BooleanKeyword, { type: "boolean" }],
  [ts.SyntaxKind.UnknownKeyword, {}],
  [ts.SyntaxKind.AnyKeyword, {}],
  [ts.SyntaxKind.ObjectKeyword, { type: "object" }],
]);
const UNDEFINED = Symbol("undefined");

function symbolOf(node) {
  const symbol = checker.getSymbolAtLocation(node);
  return symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/** One schema for several alternatives; constants become one enum. */
function union(members) {
  const flat = members.flatMap((member) => member.anyOf ?? [member]);
  if (flat.some((member) => Object.keys(member).length === 0)) return {};
  const values = flat.flatMap((member) => member.enum ?? []);
  const isText = flat.some((member) => member.type === "string");
  const kept = flat.filter((member) => !member.enum || (isText && member.enum.every((v) => typeof v !== "string")));
  if (values.length > 0 && !isText) {
    const at = flat.findIndex((member) => member.enum);
    kept.splice(Math.min(at, kept.length), 0, { enum: [...new Set(values)] });
  }
  const unique = [...new Map(kept.map((member) => [JSON.stringify(member), member])).values()];
  return unique.length === 1 ? unique[0] : { anyOf: unique };
}

function fromUnionNode(node) {
  const members = node.types.map(fromNode);
  const data = members.filter((member) => member !== DROPPED && member !== UNDEFINED);
  if (data.length === 0) return members.includes(UNDEFINED) ? UNDEFINED : DROPPED;
  const merged = union(data);
  return members.includes(UNDEFINED) ? { ...merged, absent: true } : merged;
}

/** A schema where absence means nothing, as in a list. */
function present(schema) {
  const { absent, ...rest } = schema;
  return rest;
}

/** The schema of an object from its properties, each read from the place where it is declared. */
function fromProperties(type, substitute) {
  const properties = {};
  const required = [];
  let dropped = false;
  for (const property of checker.getPropertiesOfType(type)) {
    const declaration = property.valueDeclaration ?? property.declarations?.[0];
    const written = declaration?.type && !substitute ? fromNode(declaration.type) : undefined;
    const schema = written === undefined ? fromType(checker.getTypeOfSymbol(property)) : written;
    dropped ||= schema === DROPPED;
    if (schema === DROPPED || schema === UNDEFINED) continue;
    properties[property.name] = present(schema);
    if (!schema.absent && !(property.flags & ts.SymbolFlags.Optional)) required.push(property.name);
  }
  if (dropped && Object.keys(properties).length === 0) return DROPPED; // nothing but functions
  const index = checker.getIndexInfoOfType(type, ts.IndexKind.String);
  if (index && Object.keys(properties).length === 0) {
    const values = index.declaration?.type ? fromNode(index.declaration.type) : fromType(index.type);
    return { type: "object", additionalProperties: present(values) };
  }
  return { type: "object", properties, required };
}

/** The last resort for conditional, mapped and instantiated types: what the checker computed. */
function fromType(type) {
  const flags = type.flags;
  if (flags & ts.TypeFlags.Undefined) return UNDEFINED;
  if (flags & ts.TypeFlags.Never) return DROPPED;
  if (flags & ts.TypeFlags.Null) return { type: "null" };
  if (type.isStringLiteral() || type.isNumberLiteral()) return { enum: [type.value] };
  if (flags & ts.TypeFlags.BooleanLiteral) return { enum: [type.intrinsicName === "true"] };
  if (flags & ts.TypeFlags.String) return { type: "string" };
  if (flags & ts.TypeFlags.Number) return { type: "number" };
  if (flags & ts.TypeFlags.Boolean) return { type: "boolean" };
  if (type.aliasSymbol && type.aliasSymbol.name in defs) return reference(type.aliasSymbol.name);
  if (type.isUnion()) {
    const members = type.types.map(fromType);
    const data = members.filter((member) => member !== DROPPED && member !== UNDEFINED);
    const merged = union(joinBooleans(data));
    return members.includes(UNDEFINED) ? { ...merged, absent: true } : merged;
  }
  if (!(flags & ts.TypeFlags.Object) || type.getCallSignatures().length > 0) {
    return type.getCallSignatures?.().length > 0 ? DROPPED : {};
  }
  if (checker.isArrayType(type)) return { type: "array", items: present(fromType(checker.getTypeArguments(type)[0])) };
  return fromProperties(type, true);
}

/** The checker splits `boolean` into its two values. */
function joinBooleans(members) {
  const isFlag = (member) => member.enum?.length === 1 && typeof member.enum[0] === "boolean";
  if (members.filter(isFlag).length < 2) return members;
  return [...members.filter((member) => !isFlag(member)), { type: "boolean" }];
}

function reference(name) {
  return { $ref: `#/$defs/${name}` };
}

/** A named type becomes a definition once; type parameters count as their default, their bound, or as anything. */
function define(symbol, body) {
  if (!(symbol.name in defs)) {
    defs[symbol.name] = {};
    const schema = body();
    if (schema === DROPPED || schema === UNDEFINED) {
      delete defs[symbol.name];
      return schema;
    }
    defs[symbol.name] = schema;
  }
  return reference(symbol.name);
}

const BUILT_IN = {
  Array: ([items]) => ({ type: "array", items: fromNode(items) }),
  ReadonlyArray: ([items]) => ({ type: "array", items: fromNode(items) }),
  Set: ([items]) => ({ type: "array", items: fromNode(items), uniqueItems: true }),
  Record: ([, values]) => ({ type: "object", additionalProperties: fromNode(values) }),
  AbortSignal: () => DROPPED,
  Pick: ([source, keys]) => pick(source, keys),
};

function pick(source, keys) {
  const whole = resolve(fromNode(source));
  const names = fromType(checker.getTypeFromTypeNode(keys)).enum;
  return {
    type: "object",
    properties: Object.fromEntries(names.map((name) => [name, whole.properties[name]])),
    required: whole.required.filter((name) => names.includes(name)),
  };
}

function resolve(schema) {
  return schema.$ref ? resolve(defs[schema.$ref.split("/").at(-1)]) : schema;
}

function fromReference(node) {
  const symbol = symbolOf(node.typeName);
  if (!symbol) return {};
  if (symbol.flags & ts.SymbolFlags.TypeParameter) {
    const { default: fallback, constraint } = symbol.declarations[0];
    return fallback || constraint ? fromNode(fallback ?? constraint) : {};
  }
  const declaration = symbol.declarations?.find((d) => ts.isInterfaceDeclaration(d) || ts.isTypeAliasDeclaration(d));
  if (BUILT_IN[symbol.name] && program.isSourceFileDefaultLibrary(symbol.declarations[0].getSourceFile())) {
    return BUILT_IN[symbol.name](node.typeArguments ?? []);
  }
  if (!declaration || program.isSourceFileDefaultLibrary(declaration.getSourceFile()) || symbol.name === "Static") {
    return fromType(checker.getTypeFromTypeNode(node));
  }
  if (ts.isInterfaceDeclaration(declaration)) {
    return define(symbol, () => fromProperties(checker.getDeclaredTypeOfSymbol(symbol), false));
  }
  if (!ts.isConditionalTypeNode(declaration.type)) return define(symbol, () => fromNode(declaration.type));
  const type = checker.getTypeFromTypeNode(node);
  return type.flags & ts.TypeFlags.Object ? define(symbol, () => fromProperties(type, false)) : {};
}

function fromIndexedAccess(node) {
  const target = checker.getTypeFromTypeNode(node.objectType);
  if (ts.isLiteralTypeNode(node.indexType)) {
    const property = checker.getPropertyOfType(target, node.indexType.literal.text);
    return property ? fromNode(property.valueDeclaration.type) : {};
  }
  return union(checker.getPropertiesOfType(target).map((property) => fromNode(property.valueDeclaration.type)));
}

function fromIntersection(node) {
  const parts = node.types.map(fromNode).map(resolve);
  const text = parts.find((part) => part.type === "string");
  if (text) return text; // `string & {}` keeps known values in an editor's completion; it is a string
  const properties = Object.assign({}, ...parts.map((part) => part.properties));
  return { type: "object", properties, required: [...new Set(parts.flatMap((part) => part.required ?? []))] };
}

function fromLiteral(node) {
  if (node.literal.kind === ts.SyntaxKind.NullKeyword) return { type: "null" };
  if (ts.isStringLiteral(node.literal)) return { enum: [node.literal.text] };
  return fromType(checker.getTypeFromTypeNode(node));
}

function fromNode(node) {
  if (KEYWORDS.has(node.kind)) return { ...KEYWORDS.get(node.kind) };
  if (node.kind === ts.SyntaxKind.UndefinedKeyword) return UNDEFINED;
  if (node.kind === ts.SyntaxKind.NeverKeyword || ts.isFunctionTypeNode(node)) return DROPPED;
  if (ts.isParenthesizedTypeNode(node) || ts.isTypeOperatorNode(node)) return fromNode(node.type);
  if (ts.isLiteralTypeNode(node)) return fromLiteral(node);
  if (ts.isArrayTypeNode(node)) return { type: "array", items: fromNode(node.elementType) };
  if (ts.isUnionTypeNode(node)) return fromUnionNode(node);
  if (ts.isTypeLiteralNode(node)) return fromProperties(checker.getTypeFromTypeNode(node), false);
  if (ts.isTypeReferenceNode(node)) return fromReference(node);
  if (ts.isIndexedAccessTypeNode(node)) return fromIndexedAccess(node);
  if (ts.isIntersectionTypeNode(node)) return fromIntersection(node);
  return fromType(checker.getTypeFromTypeNode(node));
}

/** The payload and the result of one `on("name", handler)` overload. */
function handlerTypes(node) {
  const symbol = symbolOf(node.typeName);
  if (symbol.name === "ExtensionHandler") return node.typeArguments;
  const signature = symbol.declarations[0].type;
  const now = signature.type.types.find((member) => member.typeName?.text !== "Promise");
  return [signature.parameters[0].type, now];
}

function eventOf(method) {
  const [payload, result] = handlerTypes(method.parameters[1].type);
  return {
    name: method.parameters[0].type.literal.text,
    type: payload.typeName.text,
    payload: fromNode(payload),
    result: result ? fromNode(result) : null,
  };
}

const source = program.getSourceFile(typesFile);
const api = source.statements.find((s) => ts.isInterfaceDeclaration(s) && s.name.text === "ExtensionAPI");
const overloads = api.members.filter((m) => ts.isMethodSignature(m) && m.name.text === "on");
const events = overloads.map(eventOf);
process.stdout.write(`${JSON.stringify({ events, defs }, null, 1)}\n`);
