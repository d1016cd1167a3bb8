// Whether this terminal still owns its lane, answered without waiting for anybody: from the next version of the register.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const DIGITS = 16;

export class Fence {
	/**
	 * @param {{ log: string, version: number, epoch: number, instance: string }} grant the register's log of versions, the
	 *   version that made us owner, our epoch in it, and who we are
	 */
	constructor(grant) {
		this.log = grant.log;
		this.version = grant.version;
		this.epoch = grant.epoch;
		this.instance = grant.instance;
		this.broken = false;
	}

	/** @returns {boolean} */
	holds() {
		while (!this.broken) {
			const next = join(this.log, String(this.version + 1).padStart(DIGITS, "0"));
			if (!existsSync(next)) return true;
			const state = read(join(next, "state.json"));
			if (state) this.broken = state.owner?.instanceId !== this.instance || state.leaseEpoch !== this.epoch;
			this.version++;
		}
		return false;
	}
}

/** @param {string} path */
function read(path) {
	try {
		return JSON.parse(readFileSync(path, "utf8"));
	} catch {
		return null; // a damaged version counts as absent; the one after it decides
	}
}
