// What pi has asked Python and waits for: made here, found again by the calls that Python makes meanwhile, aborted with
// pi's signal.

/**
 * @typedef {object} About
 * @property {any} ctx pi's context of it
 * @property {AbortSignal} [signal] pi's abort signal for it
 * @property {Record<string, (start: number | null, stop: number | null) => any>} [handles] payload fields that stay here
 * @property {(partial: any) => void} [update] shows what a tool has so far
 * @property {string} [kind] what was asked: `event`, `tool`, `command` or `complete`
 */

export class Requests {
	/** @param {any} bridge */
	constructor(bridge) {
		this.bridge = bridge;
		/** Signals that are listened to. @type {WeakSet<AbortSignal>} */
		this.signals = new WeakSet();
	}

	/**
	 * Ask Python, as soon as it is ready.
	 *
	 * @param {any} members
	 * @param {About} about
	 * @returns {Promise<any>}
	 */
	make(members, about) {
		const { host } = this.bridge;
		if (host.state === "starting") return host.settled.then(() => this.send(members, about));
		return this.send(members, about);
	}

	/**
	 * @param {any} members
	 * @param {About} about
	 * @returns {Promise<any>}
	 */
	send(members, about) {
		const { host, generation, facts } = this.bridge;
		members.g = generation;
		members.c = facts.changed(about.ctx);
		about.kind = members.m;
		try {
			const answered = host.request(members, about);
			if (about.signal) this.watch(about.signal, members.id);
			return answered;
		} catch (error) {
			facts.forget(); // they were in what could not be sent
			throw error;
		}
	}

	/**
	 * @param {number} id
	 * @returns {About | undefined} what the request is about, if it has not been answered
	 */
	about(id) {
		return this.bridge.host.link?.pending.get(id)?.about;
	}

	/**
	 * One signal serves a whole run, so it gets one listener and not one for every event.
	 *
	 * @param {AbortSignal} signal
	 * @param {number} id the request that has just been made under it
	 */
	watch(signal, id) {
		if (signal.aborted) this.abort(id);
		if (this.signals.has(signal)) return;
		this.signals.add(signal);
		signal.addEventListener("abort", () => {
			for (const [id, { about }] of this.bridge.host.link?.pending ?? []) {
				if (about.signal === signal) this.abort(id);
			}
		});
	}

	/** @param {number} id */
	abort(id) {
		this.bridge.host.post({ m: "abort", n: this.about(id)?.kind, id });
	}
}
