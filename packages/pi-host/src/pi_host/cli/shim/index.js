// What pi loads after `pi-host install`; `pi-host uninstall` removes it.
//
// It hands over to the bridge in the Python environment that host.json names. When that environment is gone, pi starts
// as if nothing were installed and says so once.

import { existsSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const told = Symbol.for("pi-host.told");

/**
 * @param {any} pi pi's extension API
 */
export default async function piHost(pi) {
	try {
		const about = JSON.parse(readFileSync(new URL("host.json", import.meta.url), "utf8"));
		const missing = [about.python, about.bridge].find((path) => !existsSync(path));
		if (missing) throw new Error(`${missing} is gone`);
		const bridge = pathToFileURL(about.bridge);
		const { attach } = await import(bridge.href);
		const { completeLaunch } = await import(new URL("launch.js", bridge).href);
		await attach(pi, () => completeLaunch(about, process.env), import.meta.url);
	} catch (error) {
		complain(pi, error instanceof Error ? error.message : String(error));
	}
}

/**
 * @param {any} pi
 * @param {string} reason
 */
function complain(pi, reason) {
	const folder = dirname(fileURLToPath(import.meta.url));
	const text =
		`pi-host: Python plugins are off: ${reason}. Where pi-host is installed now, run \`pi-host install\` ` +
		`(\`pi-host doctor\` tells more), or be rid of it: pi remove ${folder}`;
	pi.on("session_start", (/** @type {any} */ _event, /** @type {any} */ ctx) => {
		const shared = /** @type {any} */ (globalThis);
		if (shared[told]) return;
		shared[told] = true;
		if (ctx.hasUI) ctx.ui.notify(text, "error");
		else process.stderr.write(`${text}\n`);
	});
}
