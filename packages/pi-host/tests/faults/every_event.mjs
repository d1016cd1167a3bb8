// Every event once through the real bridge to a real host whose plugin fails. Only pi's own API object is a stand-in:
// pi itself can't be brought to emit all its events in a row, and what counts here is what the bridge gives back to it.
//
// node every_event.mjs BRIDGE: prints one JSON line per event.

import { pathToFileURL } from "node:url";

const listeners = {};
const told = [];
const pi = {
	on: (name, handler) => {
		(listeners[name] ??= []).push(handler);
		return () => {};
	},
	registerTool: () => {},
	registerCommand: () => {},
	registerFlag: () => {},
	getAllTools: () => [],
	getFlag: () => undefined,
};
const ctx = {
	mode: "rpc",
	hasUI: true,
	cwd: process.cwd(),
	ui: { notify: (text) => told.push(text) },
	isProjectTrusted: () => false,
	sessionManager: {
		getSessionId: () => "id",
		getSessionFile: () => undefined,
		getLeafId: () => "leaf",
		getSessionName: () => undefined,
	},
};
const emit = async (name, payload) => {
	let answer;
	for (const listener of listeners[name]) answer = (await listener({ type: name, ...payload }, ctx)) ?? answer;
	return answer;
};
const { default: install } = await import(pathToFileURL(process.argv[2]).href);
await install(pi);
await emit("session_start", { reason: "startup" });
const host = () => globalThis[Symbol.for("pi-host")].host;

for (const [name, payload] of Object.entries(JSON.parse(process.env.PAYLOADS))) {
	if (host().state === "down") host().start(); // not after the pause that a user has to bear
	await host().settled;
	told.length = 0;
	const line = { name };
	try {
		const answer = await emit(name, payload);
		line.answer = answer === undefined ? "undefined" : answer;
	} catch (error) {
		line.thrown = error.message;
	}
	if (["message_update", "tool_execution_update", "provider_stream_event"].includes(name)) {
		for (let n = 0; n < 400 && told.length === 0; n++) await new Promise((done) => setTimeout(done, 10));
	}
	line.told = [...told];
	console.log(JSON.stringify(line));
}
host().stop();
