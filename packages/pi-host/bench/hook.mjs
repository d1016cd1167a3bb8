// Awaited events through the real bridge to a real host, one after the other, and a bare ping-pong of the same size.
//
// node hook.mjs BRIDGE ROUNDS: prints one JSON object per line, times in microseconds.

import { spawn } from "node:child_process";
import { fileURLToPath, pathToFileURL } from "node:url";

const [bridge, rounds] = [process.argv[2], Number(process.argv[3])];
const SIZES = [200, 10_000];
const WARM_UP = 300;

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

/** @param {(text: string) => Promise<any>} ask */
async function measure(what, ask) {
	for (const size of SIZES) {
		const text = "x".repeat(size);
		const times = [];
		for (let n = 0; n < rounds + WARM_UP; n++) {
			const started = performance.now();
			await ask(text);
			if (n >= WARM_UP) times.push((performance.now() - started) * 1e3);
		}
		times.sort((a, b) => a - b);
		const at = (share) => times[Math.floor(share * (times.length - 1))];
		console.log(JSON.stringify({ what, size, p50: at(0.5), p99: at(0.99) }));
	}
}

async function bare() {
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
	await measure("bare", (text) => {
		const answered = new Promise((done) => {
			resolve = done;
		});
		child.stdin.write(`${JSON.stringify({ id: 1, text })}\n`);
		return answered;
	});
	child.stdin.end();
}

const { default: install } = await import(pathToFileURL(bridge).href);
install(pi);
await handlers.session_start({ type: "session_start", reason: "startup" }, ctx);
const call = (toolName) => (command) =>
	handlers.tool_call({ type: "tool_call", toolName, toolCallId: "call", input: { command } }, ctx);
await call("first")("x");
await bare();
await measure("hook", call("bash"));
await bare();
await measure("hook", call("bash"));
await handlers.session_shutdown({ type: "session_shutdown", reason: "quit" }, ctx);
