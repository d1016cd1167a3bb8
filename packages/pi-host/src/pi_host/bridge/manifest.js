// What the Python side offers, as it was when it last ran.

import { readFileSync, statSync } from "node:fs";

/** Must equal `pi_host._manifest.FORMAT`. */
const FORMAT = 2;

/**
 * @typedef {object} Contributions
 * @property {Record<string, number>} events number of implementations by event
 * @property {any[]} tools
 * @property {any[]} commands
 * @property {any[]} flags
 * @property {Record<string, string>} companions path of the module inside pi, by plugin
 */

/** @type {Contributions} */
export const NOTHING = Object.freeze({ events: {}, tools: [], commands: [], flags: [], companions: {} });

/**
 * @param {string} path
 * @returns {{ contributions: Contributions, fresh: boolean }} nothing, and not fresh, if there is no usable manifest
 */
export function readManifest(path) {
	try {
		const manifest = JSON.parse(readFileSync(path, "utf8"));
		if (manifest.format === FORMAT) {
			return { contributions: manifest.contributions, fresh: manifest.inputs.every(isUnchanged) };
		}
	} catch {
		// none yet, or not ours: the host will write one
	}
	return { contributions: NOTHING, fresh: false };
}

/** @param {[string, string, number]} input path, modification time in ns, size in bytes */
function isUnchanged([path, time, size]) {
	const status = statSync(path, { bigint: true, throwIfNoEntry: false });
	return status === undefined ? time === "" : String(status.mtimeNs) === time && status.size === BigInt(size);
}
