// Runs pi's own extension runner on the cases of test_merge.py, each twice: with one handler for each plugin, and with
// the bridge's single handler that has the merged reply of the Python side.
//
// usage: node reference.mjs <pi's package> <pi_host/bridge> < cases.json > outcomes.json

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

const [pi, bridge] = process.argv.slice(2);
const load = (...path) => import(pathToFileURL(join(...path)).href);
const { ExtensionRunner, createExtensionRuntime } = await load(pi, "dist", "bundle", "index.js");
const { adapterFor } = await load(bridge, "events.js");
const emitProjectTrustEvent = notExported("snapshotEventHandlers", "emitProjectTrustEvent");

/** How pi emits each event, and what of it decides what happens next. */
const EMIT = {
  tool_call: async (runner, event) => ({ result: await runner.emitToolCall(event), input: event.input }),
  user_bash: async (runner, event) => ({ result: await runner.emitUserBash(event) }),
  input: async (runner, event) => {
    const { action, text, images } = await runner.emitInput(event.text, event.images, event.source);
    // An equal text put in place of the text changes nothing.
    return action === "handled" ? { action } : { text: text ?? event.text, images: images ?? event.images };
  },
  tool_result: async (runner, event) => ({ result: await runner.emitToolResult(event) }),
  message_end: async (runner, event) => ({ result: await runner.emitMessageEnd(event) }),
  before_provider_request: async (runner, event) => ({ payload: await runner.emitBeforeProviderRequest(event.payload) }),
  before_provider_headers: async (runner, event) => ({ headers: await runner.emitBeforeProviderHeaders(event.headers) }),
  context: async (runner, event) => ({ messages: await runner.emitContext(event.messages) }),
  context_with_system: async (runner, event) => ({ messages: await runner.emitContext(event.messages) }),
  before_agent_start: async (runner, { systemPromptOptions, systemPrompt: _, ...trigger }) =>
    runner.emitBeforeAgentStart(trigger, systemPromptOptions),
  turn_end: boundary,
  agent_before_settle: boundary,
  resources_discover: async (runner, { cwd, reason }) => {
    const found = await runner.emitResourcesDiscover(cwd, reason);
    return Object.fromEntries(Object.entries(found).map(([kind, list]) => [kind, list.map(({ path }) => path)]));
  },
  session_before_switch: general,
  session_before_fork: general,
  session_before_compact: general,
  session_before_tree: general,
  session_start: general,
  cache_warming_decision: async (runner, event) => ({ action: await runner.emitCacheWarmingDecision(event) }),
  project_trust: async (runner, event) => ({ result: (await emitProjectTrustEvent(runner, event, {})).result }),
};

async function general(runner, event) {
  return { result: await runner.emit(event) };
}

async function boundary(runner, { entries: _, continue: __, context: ___, ...event }) {
  const { entries, continue: again } = await runner.emitBoundary(event, async () => ({}));
  return { entries, continue: again };
}

/** A function of pi that its bundle keeps to itself, from the unbundled file that the package has too. */
function notExported(...names) {
  const source = readFileSync(join(pi, "dist", "core", "extensions", "runner.js"), "utf8");
  const functions = names.map((name) => source.match(new RegExp(`(?:async )?function ${name}\\([^]*?\n}`))[0]);
  return new Function(`${functions.join("\n")}\nreturn ${names.at(-1)};`)();
}

/** Does what `Actor` in test_merge.py does. */
function actor(act, base, seen, views) {
  return async (event) => {
    const view = structuredClone(Object.fromEntries(seen.map((field) => [field, event[field]])));
    // What pi renders itself is its own business; what a plugin has put in its place is not.
    if (view.systemPrompt && !view.systemPrompt.startsWith("forced")) view.systemPrompt = base.systemPrompt;
    views.push(view);
    for (const [field, key, value] of act.put ?? []) {
      if (value === null) delete event[field][key];
      else event[field][key] = value;
    }
    for (const [operation, index, message] of act.edit ?? []) {
      if (operation === "remove") event.messages.splice(index, 1);
      else if (operation === "insert") event.messages.splice(index, 0, structuredClone(message));
      else if (operation === "replace") event.messages[index] = structuredClone(message);
      else event.messages[index].content = message;
    }
    if (act.throw) throw new Error(act.throw);
    if (act.give) return { messages: rearranged(act.give, event.messages) };
    return act.answer === undefined ? undefined : filled(act.answer, event);
  };
}

function rearranged(how, messages) {
  if (how === "tail") return messages.slice(1);
  if (how === "doubled") return [...messages, ...messages];
  if (how === "same") return messages;
  return [...messages, { role: "user", content: "new" }];
}

/** Fills in what the answer takes from the event: `{"from": field, "add": text}`. */
function filled(answer, event) {
  if (Array.isArray(answer)) return answer.map((item) => filled(item, event));
  if (typeof answer !== "object" || answer === null) return answer;
  if ("from" in answer) return event[answer.from] + answer.add;
  return Object.fromEntries(Object.entries(answer).map(([key, value]) => [key, filled(value, event)]));
}

async function outcome(name, base, handlers) {
  const extensions = handlers.map((handler, index) => ({
    path: `extension ${index}`,
    handlers: new Map([[name, [handler]]]),
  }));
  const runner = new ExtensionRunner(extensions, createExtensionRuntime(), "/", {}, {});
  runner.extensions = extensions;
  try {
    return await EMIT[name](runner, { type: name, ...structuredClone(base) });
  } catch {
    return "failed";
  }
}

/** The bridge's listeners, with Python's reply already there. */
function bridged(name, reply, plugins) {
  const state = { overflow: [] };
  const first = (event) => {
    if (reply === "failed") throw new Error("a plugin failed");
    return adapterFor(name).apply(event, reply ?? {}, state);
  };
  const next = () => {
    const message = state.overflow.shift();
    return message && { message };
  };
  return [first, ...Array.from({ length: name === "before_agent_start" ? plugins - 1 : 0 }, () => next)];
}

const outcomes = [];
for (const { name, base, seen, acts, reply } of JSON.parse(await text(process.stdin))) {
  const views = [];
  const direct = await outcome(name, base, acts.map((act) => actor(act, base, seen, views)));
  outcomes.push({ views, direct, bridged: await outcome(name, base, bridged(name, reply, acts.length)) });
}
process.stdout.write(JSON.stringify(outcomes), () => process.exit(0));
