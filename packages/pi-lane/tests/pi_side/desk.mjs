// Runs the modules of pi_side on pi's own session manager, without the rest of pi.
//
// usage: node desk.mjs <pi's package> <pi_side>
// Each line of standard input is a list of commands, each [name, ...arguments], and gets a line with the list of the
// answers: those of the functions below, or {"error": text}.

import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [pi, side] = process.argv.slice(2);
const load = (...path) => import(pathToFileURL(join(...path)).href);
const bundle = join(pi, "dist", "bundle", "index.js"); // what newer pis run
const { SessionManager } = await load(existsSync(bundle) ? bundle : join(pi, "dist", "index.js"));
const { Book } = await load(side, "book.js");
const { Guard, readJournal } = await load(side, "guard.js");
const { Fence } = await load(side, "fence.js");

let manager;
let book;
let guard;
let told = [];

/** Always ours, or never. */
const fenceOf = (holds) => ({ holds: () => holds });

const COMMANDS = {
	open: (file) => {
		manager = SessionManager.open(file);
		book = new Book(manager);
		return state();
	},
	/** Another process writes to the file. */
	foreign: (file, bytes) => appendFileSync(file, bytes),
	replace: (file, bytes) => writeFileSync(file, bytes),
	pull: () => ({ taken: book.pull(), ...state() }),
	move: (id) => {
		book.moveTo(id);
		return state();
	},
	reconcile: (lane) => {
		book.pull();
		return book.reconcile(lane);
	},
	guard: (journal) => {
		told = [];
		guard = new Guard(book, { waiting: () => told.push("waiting"), lost: () => told.push("lost") });
		guard.keepIn(journal);
	},
	say: (role, words) =>
		manager.appendMessage({
			role,
			content: [{ type: "text", text: words }],
			timestamp: 1,
			...(role === "assistant" && { stopReason: "stop", provider: "p", model: "m", api: "a", usage: {} }),
		}),
	name: (name) => manager.appendSessionInfo(name),
	label: (id, label) => manager.appendLabelChange(id, label),
	take: (lane, inherited) => guard.take(fenceOf(true), lane, inherited.flatMap(readJournal)),
	takeLate: (lane) => guard.take(fenceOf(false), lane, []),
	lose: () => {
		guard.fence = fenceOf(false);
	},
	release: () => guard.release(),
	discard: () => guard.discard(),
	endDiscard: () => guard.endDiscard(),
	remove: () => guard.remove(),
	kept: () => ({ kept: guard.kept.map((entry) => entry.id), told }),
	journal: (path) => readJournal(path),
	fence: (grant) => {
		const fence = new Fence(grant);
		return { holds: fence.holds(), version: fence.version };
	},
	labels: () => Object.fromEntries(manager.labelsById),
	sees: () => manager.buildSessionContext().messages.map((message) => message.content?.[0]?.text ?? message.content),
	file: (path) => readFileSync(path, "utf8"),
};

function state() {
	return { leaf: manager.leafId, last: book.last, known: [...manager.byId.keys()] };
}

for await (const line of createInterface({ input: process.stdin })) {
	const answers = [];
	for (const [name, ...args] of JSON.parse(line)) {
		try {
			answers.push((await COMMANDS[name](...args)) ?? null);
		} catch (error) {
			answers.push({ error: error.message });
		}
	}
	process.stdout.write(`${JSON.stringify(answers)}\n`);
}
