// What pi itself makes of session files: reads one path a line from stdin, answers each with one line of JSON.
//
// usage: node reference.mjs <pi's package>

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const pi = process.argv[2];
const load = (path) => import(pathToFileURL(path).href);
const bundle = join(pi, "dist", "bundle");
const { SessionManager, convertToLlm } = await load(join(existsSync(bundle) ? bundle : join(pi, "dist"), "index.js"));
const { transformMessages } = await load(transforming());

/** The file of the function that every provider passes the conversation through. */
function transforming() {
  const chunks = join(bundle, "chunks");
  if (!existsSync(chunks)) return join(dirname(pi), "pi-ai", "dist", "providers", "transform-messages.js");
  const has = (name) => /export\{[^}]*\btransformMessages\b/.test(readFileSync(join(chunks, name), "utf8"));
  return join(chunks, readdirSync(chunks).find((name) => name.endsWith(".js") && has(name)));
}

const MODEL = { provider: "here", api: "plain", id: "one", input: ["text", "image"] };

function report(path) {
  const session = SessionManager.open(path);
  const entries = session.getEntries();
  const { messages, thinkingLevel, model } = session.buildSessionContext();
  const leaf = session.getLeafId();
  const ids = entries.map((entry) => entry.id).filter((id) => typeof id === "string" && id);
  return {
    header: session.getHeader(),
    leaf: leaf ?? null,
    branch: session.getBranch().map((entry) => entry.id),
    branches: Object.fromEntries(ids.map((id) => [id, session.getBranch(id).map((entry) => entry.id)])),
    children: Object.fromEntries(ids.map((id) => [id, session.getChildren(id).map((entry) => entry.id ?? null)])),
    labels: Object.fromEntries(ids.map((id) => [id, session.getLabel(id) ?? null])),
    name: session.getSessionName() ?? null,
    messages,
    sent: transformMessages(convertToLlm(messages), MODEL),
    model,
    thinkingLevel,
  };
}

for await (const path of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  let answer;
  try {
    answer = report(path);
  } catch (error) {
    answer = { error: `${error.name}: ${error.message}` };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
