// Stands before pi's writer: nothing reaches the session file while another terminal may be writing to it.
//
// While this terminal owns its lane, pi writes as ever. Otherwise an entry stays in memory and in a journal, and is written
// once the lane is ours, behind what the others have written meanwhile.

import { appendFileSync, existsSync, readFileSync, rmSync } from "node:fs";

/** @typedef {import("./book.js").Entry} Entry */

const MESSAGES = new Set(["message", "custom_message", "compaction", "branch_summary", "context_edit"]);

export class Guard {
	/**
	 * @param {import("./book.js").Book} book
	 * @param {{ waiting: () => void, lost: () => void }} handlers
	 */
	constructor(book, handlers) {
		this.book = book;
		/** File that keeps what is not written yet, as soon as Python has said which. @type {string | null} */
		this.journal = null;
		this.handlers = handlers;
		/** Ours as long as it holds. @type {import("./fence.js").Fence | null} */
		this.fence = null;
		/** Not written yet. @type {Entry[]} */
		this.kept = [];
		/** Somebody took the lane over while a run was going on. */
		this.displaced = false;
		/** What comes now belongs to a prompt that was called off. @type {Entry[] | null} */
		this.discarded = null;
		book.found = (entry) => this.wasWritten(entry);
		const { manager } = book;
		this.write = Object.getPrototypeOf(manager)._appendEntry;
		manager._appendEntry = (/** @type {Entry} */ entry) => this.append(entry);
	}

	/** @param {string} journal file for what is kept from now on, and what has been so far */
	keepIn(journal) {
		if (this.journal && this.journal !== journal) rmSync(this.journal, { force: true });
		this.journal = journal;
		for (const entry of this.kept) this.note(entry);
	}

	/** @param {Entry} entry */
	note(entry) {
		if (this.journal) appendFileSync(this.journal, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
	}

	/** Let pi write as it likes again; what was kept is written as it stands. */
	remove() {
		const { manager } = this.book;
		delete manager._appendEntry;
		this.forgetKept();
		this.flush({ holds: () => true });
	}

	/** Whether this terminal owns its lane; tells once when it no longer does. */
	holds() {
		if (this.fence === null) return false;
		if (this.fence.holds()) return true;
		this.fence = null;
		this.displaced = true;
		this.handlers.lost();
		return false;
	}

	/** @param {Entry} entry */
	append(entry) {
		const { manager } = this.book;
		if (this.discarded) {
			this.discarded.push(entry);
			this.remember(entry);
		} else if (this.holds() || this.displaced || !(this.kept.length || this.touchesFile(entry))) {
			// Displaced: the run goes on at its own branch until it is aborted, and the lane is not touched.
			this.write.call(manager, entry);
		} else {
			this.remember(entry);
			this.kept.push(entry);
			this.note(entry);
			this.handlers.waiting();
		}
	}

	/**
	 * A session that nobody has written to yet stays in memory until its first message, in pi as here.
	 *
	 * @param {Entry} entry
	 */
	touchesFile(entry) {
		return this.book.manager.flushed || existsSync(this.book.file) || MESSAGES.has(entry.type);
	}

	/** @param {Entry} entry */
	remember(entry) {
		const { manager } = this.book;
		manager.fileEntries.push(entry);
		this.book.index(entry);
		manager.leafId = entry.id;
	}

	/**
	 * Another terminal found our journal while our host was dead, and wrote what we kept.
	 *
	 * @param {Entry} entry as it is in the file
	 */
	wasWritten(entry) {
		const at = this.kept.findIndex((kept) => kept.id === entry.id);
		if (at >= 0) this.kept.splice(at, 1)[0].parentId = entry.parentId;
	}

	/** What is kept is no longer in memory, and the leaf is where it was before. */
	forgetKept() {
		const [first] = this.kept;
		if (first) this.book.manager.leafId = first.parentId;
		this.forget(new Set(this.kept.map((entry) => entry.id)));
	}

	/** @param {Set<string>} ids */
	forget(ids) {
		const { manager } = this.book;
		manager.fileEntries = manager.fileEntries.filter((/** @type {any} */ entry) => !ids.has(entry.id));
		for (const id of ids) manager.byId.delete(id);
	}

	/**
	 * The lane is ours: take in what the others wrote, go on at the lane's head, and write what was kept.
	 *
	 * @param {import("./fence.js").Fence} fence
	 * @param {import("./book.js").Place} lane
	 * @param {Entry[]} inherited what a terminal that died had kept
	 */
	take(fence, lane, inherited) {
		// This process may have been stopped since the lane was granted.
		if (!fence.holds()) return { leaf: this.book.leaf, orphan: null, lost: true };
		this.displaced = false;
		this.book.pull();
		this.forgetKept();
		const known = new Set(this.kept.map((entry) => entry.id));
		this.kept.unshift(...this.book.unwritten.splice(0).filter((entry) => !known.has(entry.id)));
		const { start, orphan } = this.book.reconcile(lane);
		// A session that nobody has written to yet begins with what pi has in memory.
		if (this.book.manager.flushed) this.book.moveTo(start);
		const written = this.flush(fence, inherited.filter((entry) => !this.book.manager.byId.has(entry.id)));
		if (written) this.fence = fence;
		return { leaf: this.book.manager.flushed ? this.book.leaf : lane.head, orphan, lost: !written };
	}

	/**
	 * Write what was kept.
	 *
	 * @param {{ holds: () => boolean }} fence
	 * @param {Entry[]} [inherited]
	 * @returns {boolean} whether all of it was written; otherwise the rest is still kept
	 */
	flush(fence, inherited = []) {
		const { manager } = this.book;
		for (const entry of [...inherited, ...this.kept]) {
			if (!fence.holds()) {
				for (const kept of this.kept) this.remember(kept);
				return false;
			}
			entry.parentId = manager.leafId;
			this.write.call(manager, entry);
			this.book.index(entry);
			this.kept = this.kept.filter((kept) => kept !== entry);
		}
		if (this.journal) rmSync(this.journal, { force: true });
		return true;
	}

	/** Give the lane back; what pi appends from now on is kept. */
	release() {
		this.fence = null;
	}

	/** From now on nothing of this run is to stay: it was called off before it began. */
	discard() {
		this.fence = null;
		this.discarded = [];
	}

	/** The run that was called off is over: its entries vanish from memory, and the leaf is where it was. */
	endDiscard() {
		if (!this.discarded) return;
		const [first] = this.discarded;
		this.forget(new Set(this.discarded.map((entry) => entry.id)));
		if (first) this.book.manager.leafId = first.parentId;
		this.discarded = null;
	}
}

/**
 * @param {string} journal a journal that a terminal left behind
 * @returns {Entry[]}
 */
export function readJournal(journal) {
	return readFileSync(journal, "utf8")
		.split("\n")
		.flatMap((line) => {
			try {
				return line ? [JSON.parse(line)] : [];
			} catch {
				return []; // torn by the terminal's death
			}
		});
}
