// Which Python to start, and where its manifest and log are.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, openSync, readFileSync, realpathSync, renameSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";

const LOG_LIMIT = 5_000_000;

/**
 * @typedef {object} Launch
 * @property {string} python path of the interpreter that has pi_host
 * @property {string} cache folder of the manifest and the log
 * @property {boolean} autoload whether installed plugins are loaded without being asked for
 * @property {string[]} plugins plugins asked for by name
 * @property {string | null} trace file to append the trace to
 */

/**
 * @param {Record<string, string | undefined>} env
 * @returns {Launch}
 */
export function launchFromEnvironment(env) {
	const python = env.PI_HOST_PYTHON;
	if (!python) {
		throw new Error("PI_HOST_PYTHON is not set; start pi with `pi-host run`, or install with `pi-host install`");
	}
	return completeLaunch({ python, cache: env.PI_HOST_CACHE }, env);
}

/**
 * @param {{ python: string, cache?: string }} fixed what an installation has written down
 * @param {Record<string, string | undefined>} env
 * @returns {Launch}
 */
export function completeLaunch(fixed, env) {
	return {
		python: fixed.python,
		cache: fixed.cache || join(homedir(), ".cache", "pi-host"),
		autoload: env.PI_HOST_AUTOLOAD !== "0",
		plugins: (env.PI_HOST_PLUGINS ?? "").split(",").filter(Boolean),
		trace: env.PI_HOST_TRACE || null,
	};
}

/**
 * Whether this command line surely runs a prompt at once, so that Python is worth starting before there is a session.
 * pi runs extension factories for `--help` and the like too, where nothing may be started.
 *
 * @param {string[]} args pi's arguments
 */
export function runsAtOnce(args) {
	const runs = args.some((arg) => arg === "-p" || arg === "--print" || arg === "--mode");
	return runs && !args.some((arg) => /^(-h|--help|-v|--version|--list-models|--export)$/.test(arg));
}

/** @returns {string} pi's agent dir, by pi's own rule */
export function agentDir() {
	const given = process.env.PI_CODING_AGENT_DIR;
	if (!given) return join(homedir(), ".pi", "agent");
	return resolve(given === "~" || given.startsWith("~/") ? homedir() + given.slice(1) : given);
}

/** @returns {string} version of the running pi, "" if it can't be told */
export function piVersion() {
	let folder = process.env.PI_PACKAGE_DIR || dirname(realpathOr(process.argv[1] ?? process.execPath));
	for (let depth = 0; depth < 6; depth++, folder = dirname(folder)) {
		try {
			const about = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
			if (about.name?.endsWith("/pi-coding-agent")) return about.version;
		} catch {
			// not here; look further up
		}
	}
	return "";
}

/**
 * The same name as `pi_host._manifest.path_for` gives.
 *
 * @param {Launch} launch
 * @param {string | null} project root of the trusted project that brings plugins
 */
export function manifestPath(launch, project) {
	const key = [launch.python, agentDir(), project ?? "", launch.autoload ? "1" : "0", ...launch.plugins].join("\n");
	return join(launch.cache, `manifest-${createHash("sha256").update(key).digest("hex").slice(0, 16)}.json`);
}

/**
 * @param {Launch} launch
 * @returns {number | "ignore"} file descriptor of the log for the host's standard error
 */
export function openLog(launch) {
	try {
		mkdirSync(launch.cache, { recursive: true, mode: 0o700 });
		const path = join(launch.cache, "host.log");
		if (existsSync(path) && statSync(path).size > LOG_LIMIT) renameSync(path, `${path}.1`);
		return openSync(path, "a", 0o600);
	} catch {
		return "ignore"; // a read-only home must not keep plugins from running
	}
}

/** @param {string} path */
function realpathOr(path) {
	try {
		return realpathSync(path);
	} catch {
		return path;
	}
}
