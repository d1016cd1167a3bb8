// Awaited events through the real bridge to a real host, one after the other, and a bare ping-pong of the same size.
//
// node hook.mjs BRIDGE ROUNDS: prints one JSON object per line, times in microseconds.

import { spawn } from "node:child_process";
import { fileURLToPath, pathToFileURL } from "node:url";

const [bridge, rounds] = [process.argv[2], Number(process.argv[3])];
const SIZES = [200, 10_000];
const WARM_UP = 100;
const BLOCKS = 10;

const handlers = {};
const pi = {
	on: (name, handler) => {
		handlers[name] = handler;
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
	ui: { notify: (text) => process.stderr.write(`${text}\n`) },
	isProjectTrusted: () => false,
	model: { provider: "bench", id: "bench" },
	thinkingLevel: "off",
	sessionManager: {
		getSessionId: () => "bench",
		getSessionFile: () => undefined,
		getLeafId: () => "leaf",
		getSessionName: () => undefined,
	},
};

/**
 * @param {(text: string) => Promise<any>} ask
 * @param {string} text
 * @param {number} count
 * @returns {Promise<number[]>} microseconds
 */
async function time(ask, text, count) {
	const times = [];
	for (let n = 0; n < count; n++) {
		const started = performance.now();
		await ask(text);
		times.push((performance.now() - started) * 1e3);
	}
	return times;
}

/** @returns {{ ask: (text: string) => Promise<any>, end: () => void }} the bare peer */
function startPong() {
	const pong = fileURLToPath(new URL("pong.py", import.meta.url));
	const child = spawn(process.env.PI_HOST_PYTHON, ["-E", "-P", pong], { stdio: ["pipe", "pipe", "inherit"] });
	let resolve;
	let rest = "";
	child.stdout.on("data", (chunk) => {
		rest += chunk.toString("utf8");
		if (rest.endsWith("\n")) {
			const answer = JSON.parse(rest);
			rest = "";
			resolve(answer);
		}
	});
	const ask = (text) => {
		const answered = new Promise((done) => {
			resolve = done;
		});
		child.stdin.write(`${JSON.stringify({ id: 1, text })}\n`);
		return answered;
	};
	return { ask, end: () => child.stdin.end() };
}

const { default: install } = await import(pathToFileURL(bridge).href);
install(pi);
await handlers.session_start({ type: "session_start", reason: "startup" }, ctx);
const hook = (command) =>
	handlers.tool_call({ type: "tool_call", toolName: "bash", toolCallId: "call", input: { command } }, ctx);
await hook("x");
const pong = startPong();
const asks = { bare: pong.ask, hook };
for (const size of SIZES) {
	const text = "x".repeat(size);
	const times = { bare: [], hook: [] };
	// In turns, so that whatever else the machine does falls on both alike.
	for (let block = 0; block < BLOCKS; block++) {
		for (const [what, ask] of Object.entries(asks)) {
			await time(ask, text, WARM_UP);
			times[what].push(...(await time(ask, text, Math.ceil(rounds / BLOCKS))));
		}
	}
	for (const [what, all] of Object.entries(times)) {
		all.sort((a, b) => a - b);
		const at = (share) => all[Math.floor(share * (all.length - 1))];
		console.log(JSON.stringify({ what, size, p50: at(0.5), p99: at(0.99) }));
	}
}
pong.end();
await handlers.session_shutdown({ type: "session_shutdown", reason: "quit" }, ctx);
