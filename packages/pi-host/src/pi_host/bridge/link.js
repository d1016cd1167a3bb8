// One end of the link to the Python host: frames out, frames in, and a ledger of what has not been answered.
//
// A frame is one line of JSON ended by LF and by nothing else; see `pi_host._wire` for its members.

/** Longest frame in bytes, either way; must equal `pi_host._wire.MAX_FRAME`. */
export const MAX_FRAME = 64 * 1024 * 1024;

const LF = 0x0a;

export class Link {
	/**
	 * @param {import("node:child_process").ChildProcess} child
	 * @param {{ frame: (frame: any) => void, broken: (reason: string) => void }} handlers
	 */
	constructor(child, handlers) {
		this.child = child;
		this.handlers = handlers;
		/** @type {Map<number, { resolve: (value: any) => void, reject: (error: Error) => void, about: import("./requests.js").About }>} */
		this.pending = new Map();
		this.lastId = 0;
		this.holds = 0;
		this.open = true;
		this.lastHeard = performance.now();
		/** @type {Buffer[]} */
		this.parts = [];
		this.size = 0;
		child.stdout?.on("data", (/** @type {Buffer} */ chunk) => this.receive(chunk));
		child.stdin?.on("error", () => {}); // the host is gone; its exit is what gets handled
		// pi must be able to end while the host runs. What pi waits for holds it open, see `hold`.
		/** @type {any} */ (child.stdout).unref?.();
		/** @type {any} */ (child.stdin).unref?.();
	}

	/**
	 * Ask the host and wait for its answer.
	 *
	 * @param {any} members gets the request's id as its `id`
	 * @param {import("./requests.js").About} about what is asked, for whoever needs it before the answer
	 * @returns {Promise<any>}
	 */
	request(members, about) {
		if (!this.open) throw new Error("the Python host is not running");
		const id = ++this.lastId;
		members.id = id;
		this.send(members); // throws what can't be sent
		return new Promise((resolve, reject) => {
			this.pending.set(id, { resolve, reject, about });
			this.hold();
		});
	}

	/**
	 * Send a frame and expect nothing back.
	 *
	 * @param {any} members
	 */
	send(members) {
		if (!this.open) return;
		const line = `${JSON.stringify(members)}\n`;
		// A character is at most three bytes of UTF-8, so short lines need no exact count.
		if (line.length * 3 > MAX_FRAME && Buffer.byteLength(line) > MAX_FRAME) {
			throw new Error(`${Buffer.byteLength(line)} bytes are over the limit of ${MAX_FRAME} for one frame`);
		}
		this.child.stdin?.write(line);
	}

	/** Keep pi's process from ending until `release`. A dying host closes its output before its end is told. */
	hold() {
		if (++this.holds > 1) return;
		/** @type {any} */ (this.child.stdout).ref?.();
		this.child.ref();
	}

	release() {
		if (--this.holds > 0) return;
		/** @type {any} */ (this.child.stdout).unref?.();
		this.child.unref();
	}

	/**
	 * Fail everything that waits; nothing is sent or received any more.
	 *
	 * @param {string} reason
	 */
	close(reason) {
		this.open = false;
		this.failPending(reason);
	}

	/** @param {string} reason */
	failPending(reason) {
		const waiting = [...this.pending.values()];
		this.pending.clear();
		for (const { reject } of waiting) {
			this.release();
			reject(new Error(reason));
		}
	}

	/** @param {Buffer} chunk */
	receive(chunk) {
		this.lastHeard = performance.now();
		let start = 0;
		for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, start)) {
			const tail = chunk.subarray(start, end);
			start = end + 1;
			const line = this.parts.length === 0 ? tail : Buffer.concat([...this.parts, tail]);
			this.parts = [];
			this.size = 0;
			this.take(line);
		}
		if (start === chunk.length || !this.open) return;
		this.parts.push(chunk.subarray(start));
		this.size += chunk.length - start;
		if (this.size > MAX_FRAME) this.handlers.broken(`it sent a frame over ${MAX_FRAME} bytes`);
	}

	/** @param {Buffer} line */
	take(line) {
		let frame;
		try {
			frame = JSON.parse(line.toString("utf8"));
		} catch {
			this.handlers.broken(`it sent something that is no frame: ${line.subarray(0, 60).toString("utf8")}`);
			return;
		}
		if (frame.m !== undefined) {
			this.handlers.frame(frame);
			return;
		}
		const waiting = this.pending.get(frame.id);
		if (waiting === undefined) return; // answered after we gave up on it
		this.pending.delete(frame.id);
		this.release();
		if (frame.e) waiting.reject(new Error(frame.e.message));
		else waiting.resolve(frame.r);
	}
}
