// pi's session manager as lanes need it: what other processes wrote is taken in, and the leaf is put where the lane goes on.
//
// The manager's fields are private by type and the same in pi 0.74.2, 0.87.1 and 1.5.2; `usable` tells whether this pi
// still has them.

import { closeSync, existsSync, fstatSync, openSync, readSync, statSync } from "node:fs";

const LF = 0x0a;
const CHUNK = 1 << 20;

/**
 * @typedef {object} Entry
 * @property {string} type
 * @property {string} id
 * @property {string | null} parentId
 * @property {string} timestamp
 */

/**
 * How a lane lies among others.
 *
 * @typedef {object} Place
 * @property {string | null} head where it goes on
 * @property {string | null} tail the file's last entry when it was put there
 * @property {string[]} others heads of the other lanes
 * @property {(string | null)[]} busy heads of those that somebody has
 */

/** Entries that say how a session is set up and nothing of what was said in it. */
const SETTINGS = new Set(["model_change", "thinking_level_change", "label", "session_info", "usage", "custom"]);

/** What pi notes by itself when a session begins. */
const PRELIMINARY = new Set(["session", "model_change", "thinking_level_change"]);

/** @param {any} manager pi's session manager */
export function usable(manager) {
	return (
		Array.isArray(manager.fileEntries) &&
		manager.byId instanceof Map &&
		manager.labelsById instanceof Map &&
		typeof manager._appendEntry === "function" &&
		typeof manager._persist === "function" &&
		typeof manager.setSessionFile === "function"
	);
}

export class Book {
	/** @param {any} manager pi's session manager, with a session file */
	constructor(manager) {
		this.manager = manager;
		/** Bytes of the file that have been taken in; never more than were parsed. */
		this.offset = 0;
		/** Which file that is about: a file that took its place is read from its beginning. */
		this.inode = 0;
		/** Id of the last entry in the file, which pi takes for the leaf when it opens it. @type {string | null} */
		this.last = null;
		/** Told of each entry that is read from the file and was in memory already. @type {(entry: Entry) => void} */
		this.found = () => {};
		/** What this terminal had in memory when another one began the file. @type {Entry[]} */
		this.unwritten = [];
		if (manager.flushed && existsSync(this.file)) this.begin();
	}

	/**
	 * pi has read the file already: find the last line that it knows. What comes after it is read with the next pull.
	 * Should a line before it be unknown, the lane's head is not found one day, and the whole file is read then.
	 */
	begin() {
		const { size, ino } = statSync(this.file);
		this.inode = ino;
		for (let end = this.startOfLine(size); end > 0; ) {
			const start = this.startOfLine(end - 1);
			const id = this.idOfLine(start, end);
			if (id !== undefined && this.manager.byId.has(id)) {
				this.offset = end;
				this.last = id;
				return;
			}
			end = start;
		}
	}

	/**
	 * @param {number} start
	 * @param {number} end
	 * @returns {string | undefined}
	 */
	idOfLine(start, end) {
		const file = openSync(this.file, "r");
		try {
			const line = Buffer.alloc(end - start);
			readSync(file, line, 0, line.length, start);
			return JSON.parse(line.toString("utf8"))?.id;
		} catch {
			return undefined;
		} finally {
			closeSync(file);
		}
	}

	/** @returns {string} */
	get file() {
		return this.manager.sessionFile;
	}

	/** @returns {string | null} */
	get leaf() {
		return this.manager.leafId;
	}

	/** Whether the file is there, although this process has not written it: another one was first. */
	get foreign() {
		return !this.manager.flushed && existsSync(this.file);
	}

	/** Read the whole file, in place of what is in memory. */
	load() {
		const { size, ino } = statSync(this.file);
		this.manager.setSessionFile(this.file);
		for (const entry of this.manager.fileEntries) this.found(entry);
		this.inode = ino;
		this.last = this.manager.leafId;
		// The file may have grown since; what is read twice is recognised by its id.
		this.offset = this.startOfLine(size);
	}

	/**
	 * @param {number} size
	 * @returns {number} where the line begins that `size` bytes of the file end in; `size` if they end with a line
	 */
	startOfLine(size) {
		const file = openSync(this.file, "r");
		try {
			for (let end = size; end > 0; ) {
				const start = Math.max(0, end - 4096);
				const part = Buffer.alloc(end - start);
				readSync(file, part, 0, part.length, start);
				const found = part.lastIndexOf(LF);
				if (found >= 0) return start + found + 1;
				end = start;
			}
			return 0;
		} finally {
			closeSync(file);
		}
	}

	/**
	 * Take in what other processes have written. The leaf stays where it is.
	 *
	 * @returns {number} how many entries that were
	 */
	pull() {
		if (this.foreign) {
			const { fileEntries } = this.manager;
			this.unwritten = fileEntries.filter((/** @type {any} */ entry) => !PRELIMINARY.has(entry.type));
			this.load();
			return this.manager.byId.size;
		}
		if (!this.manager.flushed) return 0;
		const file = openSync(this.file, "r");
		try {
			const { size, ino } = fstatSync(file);
			if (ino !== this.inode || size < this.offset) {
				const { leafId } = this.manager;
				this.load(); // somebody replaced it, to repair it for example
				if (this.manager.byId.has(leafId)) this.manager.leafId = leafId;
				return this.manager.byId.size;
			}
			return size > this.offset ? this.readTo(file, size) : 0;
		} finally {
			closeSync(file);
		}
	}

	/**
	 * @param {number} file
	 * @param {number} size
	 */
	readTo(file, size) {
		let taken = 0;
		/** @type {Buffer} */
		let rest = Buffer.alloc(0);
		for (let at = this.offset; at < size; ) {
			const part = Buffer.alloc(Math.min(CHUNK, size - at));
			const count = readSync(file, part, 0, part.length, at);
			if (count === 0) break;
			at += count;
			rest = rest.length ? Buffer.concat([rest, part.subarray(0, count)]) : part.subarray(0, count);
			let start = 0;
			for (let end = rest.indexOf(LF); end >= 0; end = rest.indexOf(LF, start)) {
				taken += this.takeLine(rest.subarray(start, end));
				start = end + 1;
			}
			this.offset += start;
			rest = rest.subarray(start);
		}
		return taken;
	}

	/** @param {Buffer} line */
	takeLine(line) {
		let entry;
		try {
			entry = JSON.parse(line.toString("utf8"));
		} catch {
			return 0; // pi skips such lines too
		}
		if (typeof entry?.id !== "string" || entry.type === "session") return 0;
		this.last = entry.id;
		if (this.manager.byId.has(entry.id)) {
			this.found(entry);
			return 0;
		}
		this.manager.fileEntries.push(entry);
		this.index(entry);
		return 1;
	}

	/** @param {any} entry */
	index(entry) {
		const { byId, labelsById, labelTimestampsById } = this.manager;
		byId.set(entry.id, entry);
		if (entry.type !== "label") return;
		if (entry.label) {
			labelsById.set(entry.targetId, entry.label);
			labelTimestampsById.set(entry.targetId, entry.timestamp);
		} else {
			labelsById.delete(entry.targetId);
			labelTimestampsById.delete(entry.targetId);
		}
	}

	/** @param {string | null} id entry to go on from, `null` for before the first */
	moveTo(id) {
		if (id !== null && !this.manager.byId.has(id) && this.manager.flushed) this.load();
		if (id !== null && !this.manager.byId.has(id)) throw new Error(`the lane's head ${id} is not in ${this.file}`);
		this.manager.leafId = id;
	}

	/**
	 * Where the lane goes on: at its head, or further on if somebody without lanes has finished something behind it.
	 *
	 * @param {Place} lane
	 * @returns {{ start: string | null, orphan: string | null }} and the last entry that is on no lane, if something was
	 *   said there
	 */
	reconcile({ head, tail, others, busy = [] }) {
		const { byId } = this.manager;
		if (this.last === null) return { start: null, orphan: null }; // nothing has been written yet
		if (head !== null && !byId.has(head) && this.manager.flushed) this.load();
		if (head !== null && !byId.has(head)) return { start: this.last, orphan: null }; // the file was replaced
		const lanes = new Set([head, ...others].flatMap((id) => this.pathTo(id)));
		const theirs = (/** @type {string} */ id) => busy.some((other) => other === null || this.pathTo(id).includes(other));
		const strange = this.entriesAfter(tail).filter((id) => !lanes.has(id) && !theirs(id));
		const last = strange.at(-1);
		if (last === undefined) return { start: head, orphan: null };
		const path = this.pathTo(last);
		const since = path.slice(path.indexOf(/** @type {any} */ (head)) + 1);
		const follows = head === null ? byId.get(path[0]).parentId === null : path.includes(head);
		if (follows && this.isFinished(since)) return { start: last, orphan: null };
		const said = strange.some((id) => !SETTINGS.has(byId.get(id).type));
		return { start: head, orphan: said ? last : null };
	}

	/**
	 * @param {string | null} id
	 * @returns {string[]} ids of the entries after `id` in the file; of all if it is not there
	 */
	entriesAfter(id) {
		const { fileEntries } = this.manager;
		const at = id === null ? -1 : fileEntries.findLastIndex((/** @type {any} */ entry) => entry.id === id);
		return fileEntries.slice(at + 1).flatMap((/** @type {any} */ entry) => (entry.type === "session" ? [] : [entry.id]));
	}

	/**
	 * Whether a run that left these entries came to its end: a prompt without an answer, or a tool call without its result,
	 * is what a process leaves that was killed.
	 *
	 * @param {string[]} tail
	 */
	isFinished(tail) {
		const roles = tail.map((id) => this.manager.byId.get(id).message).filter(Boolean);
		const last = roles.findLast((message) => message.role !== "bashExecution");
		if (!last || last.role === "custom") return true;
		return last.role === "assistant" && last.stopReason !== "toolUse";
	}

	/**
	 * @param {string | null} id
	 * @returns {string[]} ids from the root to `id`
	 */
	pathTo(id) {
		const path = [];
		const seen = new Set(); // a damaged file may have a circle
		for (let at = id; at !== null && at !== undefined && !seen.has(at); at = this.manager.byId.get(at)?.parentId) {
			if (!this.manager.byId.has(at)) break;
			seen.add(at);
			path.push(at);
		}
		return path.reverse();
	}
}
