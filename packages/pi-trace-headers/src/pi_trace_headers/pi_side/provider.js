// Makes a provider of a gateway, for one launch: everything comes from the environment, nothing from files.

import { pathToFileURL } from "node:url";

/**
 * @param {any} pi pi's extension API
 */
export default async function gateway(pi) {
	const { PI_TRACE_PROVIDER: text, PI_TRACE_BRIDGE: bridge } = process.env;
	if (!text || !bridge) return;
	const { name, keyEnv, ...config } = JSON.parse(text);
	// The key stays in its variable, and the name of that is all that is registered.
	pi.registerProvider(name, { ...config, apiKey: await reference(keyEnv, bridge) });
}

/**
 * @param {string} variable
 * @param {string} bridge path of pi-host's bridge, which knows the version of the running pi
 */
async function reference(variable, bridge) {
	const { piVersion } = await import(new URL("launch.js", pathToFileURL(bridge)).href);
	const [major = 0, minor = 0] = piVersion().split(/[.-]/).map(Number);
	return major > 0 || minor >= 77 ? `$${variable}` : variable;
}
