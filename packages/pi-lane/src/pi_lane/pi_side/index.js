// The side of lanes inside pi: it guards the session file, waits for the lane, and follows what other terminals do.
//
// Who owns a lane is decided in Python (`pi_lane.plugin`); here is what must be synchronous with pi.

import { Book, usable } from "./book.js";
import { Fence } from "./fence.js";
import { Guard, readJournal } from "./guard.js";
import { isSince, withOthers } from "./older.js";
import { Screen } from "./screen.js";

const LOST = "another terminal has taken over this lane";

/** How long a run waits for a Python host that is starting again, in ms, and how often it looks. */
const HOST_PATIENCE_MS = 15_000;
const HOST_LOOK_MS = 200;

/** One session of this terminal. */
class Terminal {
	/**
	 * @param {any} pi
	 * @param {any} side
	 */
	constructor(pi, side) {
		this.pi = pi;
		this.side = side;
		/** @type {Guard | null} */
		this.guard = null;
		/** @type {any} */
		this.ctx = null;
		/** Whether a run is going on or waits for the lane. */
		this.running = false;
		/** What the run that is about to begin says. */
		this.prompt = "";
		/** Python has been asked for the lane, to write what is kept. */
		this.asked = false;
		/** A navigation of the user's is under way, which may lead away from the lane. */
		this.navigating = false;
		/** Something is in the session that this terminal has not shown. */
		this.unseen = false;
		this.screen = new Screen(pi, () => side.post("behind"));
		/** Whether this pi runs a command for us; older ones would send it to the model. */
		this.canShow = isSince(side.piVersion, "0.84.2");
	}

	/**
	 * A session begins: from here on nothing is written unguarded. One session may begin twice.
	 *
	 * @param {any} ctx
	 */
	begin(ctx) {
		this.ctx = ctx;
		const { sessionManager } = ctx;
		if (this.guard?.book.manager === sessionManager || !sessionManager.getSessionFile()) return;
		if (!usable(sessionManager)) throw new Error("lanes do not know this pi's session manager, so they are off");
		this.guard = new Guard(new Book(sessionManager), {
			waiting: () => this.wantToWrite(),
			lost: () => this.lose(LOST),
		});
	}

	/** Python has opened the session's lanes. @param {{ journal: string }} opened */
	open({ journal }) {
		if (!this.guard) throw new Error("there is no session file to guard");
		this.asked = this.guard.kept.length > 0; // Python has them written as soon as the session has begun
		this.guard.keepIn(journal);
	}

	/** No lanes in this session, or no longer. */
	close() {
		this.guard?.remove();
		this.guard = null;
	}

	/** Entries are kept; ask for the lane, once for all of them. */
	wantToWrite() {
		if (this.asked || this.running || this.navigating) return;
		this.asked = true;
		this.side.post("write");
	}

	/**
	 * The lane is ours: write what was kept, and go on at its head. Without `keep` it is given back at once.
	 *
	 * @param {any} grant the lane's place, what the `fence` needs, journals that are `inherited`
	 */
	take({ fence, lane, inherited, keep }) {
		const { guard } = this;
		if (!guard) throw new Error("the session has ended");
		this.asked = false;
		if (guard.book.pull()) this.unseen = true;
		const taken = guard.take(new Fence(fence), lane, inherited.flatMap(readJournal));
		if (!keep) guard.release();
		return taken;
	}

	/**
	 * A run begins: wait for the lane. pi counts as busy, so Esc works and what is typed meanwhile is queued.
	 *
	 * @param {any} ctx
	 */
	async beginRun(ctx) {
		const { guard } = this;
		if (!guard || guard.fence) return; // a retry or a follow-up within the run
		this.running = true;
		try {
			await this.acquire(ctx.signal);
		} catch (error) {
			this.callOff(ctx, ctx.signal?.aborted ? "" : describe(error));
		}
		this.prompt = "";
	}

	/**
	 * Have the lane. A Python host that is starting again, and has not begun the session yet, is waited for.
	 *
	 * @param {AbortSignal | undefined} signal
	 */
	async acquire(signal) {
		const until = performance.now() + HOST_PATIENCE_MS;
		for (;;) {
			let problem = new Error("the Python host did not come back; pi-host's log says why");
			try {
				await this.side.call("run", { prompt: this.prompt }, signal);
				if (!this.guard || this.guard.fence || this.guard.displaced) return;
			} catch (error) {
				if (this.side.connected) throw error;
				problem = /** @type {Error} */ (error);
			}
			if (signal?.aborted || performance.now() > until) throw problem;
			await new Promise((resolve) => setTimeout(resolve, HOST_LOOK_MS));
		}
	}

	/**
	 * The run is not to take place: nothing of it stays in the session, and its text goes back to where it was typed.
	 *
	 * @param {any} ctx
	 * @param {string} reason
	 */
	callOff(ctx, reason) {
		this.guard?.discard();
		ctx.abort();
		if (reason) ctx.ui.notify(`lane: the prompt was not sent: ${reason}`, "error");
	}

	/** @param {any} ctx */
	async endRun(ctx) {
		const { guard } = this;
		if (!guard) return;
		const mine = guard.holds();
		const { leaf } = guard.book;
		this.running = false;
		guard.release();
		if (guard.discarded) {
			giveBack(ctx, guard.discarded);
			guard.endDiscard();
		}
		guard.displaced = false;
		try {
			if (mine) await this.side.call("settled", { leaf });
		} catch (error) {
			if (this.side.connected) throw error; // otherwise the user has been told, and the kernel has given the lane back
		}
		if (guard.kept.length) this.wantToWrite();
		else this.side.post("behind");
	}

	/** The lane is somebody else's now. @param {string} reason */
	lose(reason) {
		if (!this.running) return;
		this.ctx?.abort();
		this.side.post("lost", { reason });
	}

	/**
	 * Where the lane would go on, without going there.
	 *
	 * @param {import("./book.js").Place} lane
	 */
	look(lane) {
		const book = this.guard?.book;
		if (!book) throw new Error("the session has ended");
		book.pull();
		return { ...book.reconcile(lane), last: book.last, leaf: book.leaf };
	}

	/**
	 * Go to where the lane would go on, if nothing is going on here.
	 *
	 * @param {{ lane: import("./book.js").Place, running: boolean, show: boolean }} where
	 */
	async follow({ lane, running, show }) {
		const { guard } = this;
		if (!guard || this.running || guard.kept.length || !this.ctx.isIdle()) return { followed: false };
		if (guard.book.pull()) this.unseen = true;
		if (!guard.book.manager.flushed) return { followed: false }; // what pi has in memory is all there is
		const { start } = guard.book.reconcile(lane);
		if (guard.book.leaf === start && !(show && this.unseen)) return { followed: true };
		if (running && (start === null || guard.book.pathTo(guard.book.leaf).includes(start))) return { followed: false };
		if (start === null || !show || !this.canShow) {
			guard.book.moveTo(start);
			return { followed: true };
		}
		if (!this.screen.ready) return { followed: false }; // pi says when it is, and then this is asked for again
		if (await this.screen.show(start, guard.book)) this.unseen = false;
		else if (!this.running) guard.book.moveTo(start);
		return { followed: !this.running };
	}

	/** @param {any} event */
	async navigated(event) {
		this.navigating = false;
		if (this.screen.following || !this.guard) return;
		const kept = this.guard.kept[0];
		await this.side.call("navigated", { leaf: kept ? kept.parentId : event.newLeafId });
		if (this.guard.kept.length) this.wantToWrite();
	}
}

/**
 * @param {any} pi
 * @param {any} side
 */
export default function lanes(pi, side) {
	const terminal = new Terminal(pi, side);
	side.onSession((/** @type {any} */ _event, /** @type {any} */ ctx) => terminal.begin(ctx));
	side.onGone(() => {
		// A run that still waits for the lane waits for the next host.
		if (!terminal.guard?.fence || !terminal.running) return;
		terminal.ctx.abort();
		terminal.ctx.ui.notify("lane: the Python host is gone, and the lane with it, so this run was stopped", "error");
	});
	side.on("open", (/** @type {any} */ opened) => terminal.open(opened));
	side.on("close", () => terminal.close());
	side.on("take", (/** @type {any} */ grant) => terminal.take(grant));
	side.on("look", (/** @type {any} */ where) => terminal.look(where.lane));
	side.on("follow", (/** @type {any} */ where) => terminal.follow(where));
	side.on("abort", () => terminal.ctx.abort());
	side.on("verify", () => void terminal.guard?.holds());
	side.on("knows", (/** @type {any} */ wanted) => terminal.guard?.book.manager.byId.has(wanted.entry) ?? false);
	side.on("pending", () => terminal.guard?.kept.length ?? 0);
	side.on("ping", () => ({ idle: terminal.ctx.isIdle() }));

	pi.on("before_agent_start", (/** @type {any} */ event) => {
		terminal.prompt = event.prompt ?? ""; // a custom message has none
	});
	// pi 0.74.2 does not wait for `agent_start`. Newer ones do, and there Esc works and a second prompt is queued.
	const first = isSince(side.piVersion, "0.87.0") ? "agent_start" : "before_agent_start";
	pi.on(first, (/** @type {any} */ _event, /** @type {any} */ ctx) => terminal.beginRun(ctx));
	pi.on("turn_start", () => void terminal.guard?.holds());
	// Listening is enough to have pi take its own copy of the conversation from the session after each turn.
	pi.on("turn_end", () => {
		if (terminal.guard?.holds()) side.post("progress", { leaf: terminal.guard.book.leaf });
	});
	pi.on("tool_call", () => {
		if (terminal.running && !terminal.guard?.holds()) return { block: true, reason: `not run: ${LOST}` };
	});
	// Older pis may go on with a retry after the end of a run, which then waits for the lane again.
	const last = isSince(side.piVersion, "0.80.4") ? "agent_settled" : "agent_end";
	pi.on(last, (/** @type {any} */ _event, /** @type {any} */ ctx) => terminal.endRun(ctx));
	if (!isSince(side.piVersion, "0.87.0")) {
		pi.on("context", (/** @type {any} */ event) => {
			if (terminal.guard?.fence) return { messages: withOthers(terminal.guard.book.manager, event.messages) };
		});
	}
	pi.on("session_before_tree", () => {
		terminal.navigating = true;
	});
	pi.on("session_tree", (/** @type {any} */ event) => terminal.navigated(event));
}

/**
 * @param {any} ctx
 * @param {any[]} entries what a run that was called off would have written
 */
function giveBack(ctx, entries) {
	const prompt = entries.find((entry) => entry.type === "message" && entry.message.role === "user");
	if (!prompt || ctx.mode !== "tui") return;
	const { content } = prompt.message;
	const text = typeof content === "string" ? content : content.map((/** @type {any} */ part) => part.text ?? "").join("");
	const typedSince = ctx.ui.getEditorText();
	ctx.ui.setEditorText(typedSince ? `${text}\n\n${typedSince}` : text); // as pi does with what was queued
}

/** @param {any} error */
function describe(error) {
	return error?.message ?? String(error);
}
