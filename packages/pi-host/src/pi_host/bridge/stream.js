// Per-token events, gathered for a few milliseconds and sent together.

import { streamPayload } from "./events.js";

/** How long an event may wait for others. */
const GATHER_MS = 5;

export class Stream {
	/** @param {any} bridge */
	constructor(bridge) {
		this.bridge = bridge;
		this.name = "";
		/** @type {any[]} */
		this.batch = [];
		/** @type {NodeJS.Timeout | null} */
		this.timer = null;
		this.ctx = null;
	}

	/**
	 * Take an event. Never awaited: pi runs this for every token.
	 *
	 * @param {string} name
	 * @param {any} event
	 * @param {any} ctx
	 */
	push(name, event, ctx) {
		if (name !== this.name) this.flush();
		this.name = name;
		this.ctx = ctx;
		this.batch.push(streamPayload(name, event));
		this.timer ??= setTimeout(() => this.flush(), GATHER_MS);
	}

	/** Send what has been gathered; whatever is sent next must come after it. */
	flush() {
		if (this.timer) clearTimeout(this.timer);
		this.timer = null;
		if (this.batch.length === 0) return;
		const { batch, bridge } = this;
		this.batch = [];
		bridge.host.post({
			m: "stream",
			n: this.name,
			g: bridge.generation,
			c: this.facts(),
			p: batch,
		});
	}

	/** @returns {Record<string, any> | undefined} what changed; nothing if the session has been replaced meanwhile */
	facts() {
		try {
			return this.bridge.facts.changed(this.ctx);
		} catch {
			return undefined; // this often runs from a timer, where an exception would end pi
		}
	}
}
