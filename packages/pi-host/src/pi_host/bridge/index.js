// The extension that pi loads: everything Python plugins do in pi goes through here.
//
// pi runs this factory for `pi --help` too, and ends with exit code 1 when a factory throws or declares a tool that
// another extension has. So it starts no process, registers nothing but flags and listeners, and never throws.

import { Bridge } from "./bridge.js";
import { launchFromEnvironment } from "./launch.js";

/**
 * @param {any} pi pi's extension API
 */
export default function piHost(pi) {
	return attach(pi, () => launchFromEnvironment(process.env));
}

/**
 * Make the plugins of one Python environment part of this pi.
 *
 * An installed bridge stands aside when `pi-host run` has brought its own: pi loads what `-e` names first.
 *
 * @param {any} pi pi's extension API
 * @param {() => import("./launch.js").Launch} launch tells which Python, and where things are kept
 * @param {string} source URL of the module that pi loaded; the first one serves this process for good
 * @returns {Promise<void> | undefined} settles when pi may go on
 */
export function attach(pi, launch, source = import.meta.url) {
	const shared = /** @type {any} */ (globalThis);
	if ((shared[Symbol.for("pi-host.source")] ??= source) !== source) return undefined;
	try {
		return new Bridge(pi, launch()).install();
	} catch (error) {
		pi.on("session_start", (/** @type {any} */ _event, /** @type {any} */ ctx) => {
			const text = `pi-host: ${error instanceof Error ? error.message : error}`;
			if (ctx.hasUI) ctx.ui.notify(text, "error");
			else process.stderr.write(`${text}\n`);
		});
		return undefined;
	}
}
