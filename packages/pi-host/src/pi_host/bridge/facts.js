// What Python knows about the session without asking: sent when it changes, along with what is sent anyway.

import { piVersion } from "./launch.js";

export class Facts {
	/** @param {any} pi */
	constructor(pi) {
		this.pi = pi;
		this.generation = 0;
		/** @type {string[]} */
		this.flags = [];
		/** @type {Record<string, any>} */
		this.sent = {};
		this.version = piVersion();
	}

	/**
	 * @param {any} ctx
	 * @returns {Record<string, any>} every fact
	 */
	all(ctx) {
		this.sent = this.read(ctx);
		return this.sent;
	}

	/** What was sent last did not arrive: everything counts as changed. */
	forget() {
		this.sent = {};
	}

	/**
	 * @param {any} ctx
	 * @returns {Record<string, any> | undefined} the facts that are not as they were when last sent
	 */
	changed(ctx) {
		// `project_trust` comes before there is a session.
		if (!ctx.sessionManager) {
			return { generation: this.generation, mode: ctx.mode, hasUI: ctx.hasUI, cwd: ctx.cwd, trusted: false };
		}
		const now = this.read(ctx);
		let changes;
		for (const key in now) {
			if (now[key] !== this.sent[key]) (changes ??= /** @type {any} */ ({}))[key] = now[key] ?? null;
		}
		this.sent = now;
		return changes;
	}

	/**
	 * @param {any} ctx
	 * @returns {Record<string, any>}
	 */
	read(ctx) {
		const session = ctx.sessionManager;
		return {
			generation: this.generation,
			piVersion: this.version,
			mode: ctx.mode ?? modeOf(process.argv, ctx.hasUI),
			hasUI: ctx.hasUI,
			cwd: ctx.cwd,
			trusted: ctx.isProjectTrusted?.() ?? false,
			model: ctx.model,
			thinkingLevel: ctx.thinkingLevel,
			sessionId: session.getSessionId(),
			sessionFile: session.getSessionFile(),
			leafId: session.getLeafId(),
			sessionName: this.name(session),
			flags: this.flagValues(),
		};
	}

	/**
	 * The name by a search through all entries, so only when entries were added.
	 *
	 * @param {any} session
	 */
	name(session) {
		const leaf = session.getLeafId();
		if (leaf !== this.namedAt || session !== this.namedIn) {
			this.namedAt = leaf;
			this.namedIn = session;
			this.lastName = session.getSessionName?.();
		}
		return this.lastName;
	}

	/** Flags can't change while pi runs, so one object serves and compares as equal. */
	flagValues() {
		if (this.values === undefined) {
			this.values = Object.fromEntries(this.flags.map((name) => [name, this.pi.getFlag(name)]));
		}
		return this.values;
	}
}

/**
 * pi 0.74.2 does not tell its mode.
 *
 * @param {string[]} args
 * @param {boolean} hasUI
 */
function modeOf(args, hasUI) {
	const mode = args[args.indexOf("--mode") + 1];
	if (args.includes("--mode") && mode !== "text") return mode;
	return hasUI ? "tui" : "print";
}
