// The life of the Python process: started, ready, stalled, dead, started again, ended.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { openLog } from "./launch.js";
import { Link } from "./link.js";

/** What Python runs. By its path: looking a module up to run it (`-m`) takes a twentieth of the host's start. */
const HOST = fileURLToPath(new URL("../__main__.py", import.meta.url));

/** Must equal `pi_host._wire.PROTOCOL`. */
const PROTOCOL = 1;

const START_LIMIT_MS = 30_000;
const PING_MS = 1_000;
const SILENCE_MS = 5_000;
const FAREWELL_MS = 1_500;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;
const STEADY_MS = 60_000;

/**
 * @typedef {object} Owner
 * @property {(text: string, level: string) => void} tell
 * @property {(frame: any) => void} frame
 * @property {() => any} hello what to greet a new process with: `{ p, c, g }`
 * @property {(contributions: any, again: boolean) => void} ready
 * @property {() => void} gone
 */

export class Host {
	/**
	 * @param {import("./launch.js").Launch} launch
	 */
	constructor(launch) {
		this.launch = launch;
		/** @type {Owner | null} */
		this.owner = null;
		/** Root of the project whose plugins it runs too. @type {string | null} */
		this.project = null;
		/** @type {Link | null} */
		this.link = null;
		/** "off" is for good: there is nothing that could be started. @type {"down" | "starting" | "ready" | "stopped" | "off"} */
		this.state = "down";
		/** Settles when the host can answer, or when it is clear that it can't; never rejects. */
		this.settled = Promise.resolve();
		this.settle = () => {};
		this.pause = FIRST_PAUSE_MS;
		this.startedAt = 0;
		this.deadlineMs = 30_000;
		this.warned = false;
		this.starts = 0;
		/** The plugin that is being imported. */
		this.loading = "";
		/** Plugins whose import ended a process. @type {Set<string>} */
		this.skip = new Set();
	}

	/** @returns {boolean} whether a request can be answered now or soon */
	get usable() {
		return this.state === "ready" || this.state === "starting";
	}

	/** Start the process and greet it; what it says is dealt with as it comes. */
	start() {
		if (this.usable || this.state === "off") return;
		this.state = "starting";
		this.starts++;
		this.startedAt = performance.now();
		this.settled = new Promise((resolve) => {
			this.settle = () => resolve(undefined);
		});
		if (!existsSync(this.launch.python)) {
			this.giveUp(`its Python is gone: ${this.launch.python}. Run \`pi-host doctor\` from a working installation`);
			return;
		}
		// A group of its own: Ctrl-C in the terminal is pi's business, and whatever plugins start can be ended together.
		// -E and -P: neither PYTHON* variables nor the project's folder may decide what gets imported.
		const child = spawn(this.launch.python, ["-E", "-P", HOST], {
			stdio: ["pipe", "pipe", openLog(this.launch)],
			detached: true,
		});
		const link = new Link(child, {
			frame: (frame) => this.receive(link, frame),
			broken: (reason) => this.kill(link, reason),
		});
		this.link = link;
		child.unref();
		child.on("error", (error) => this.lost(link, error.message));
		child.on("exit", (code, signal) => this.lost(link, signal ? `killed by ${signal}` : `exit code ${code}`));
		const limit = setTimeout(() => {
			if (this.link === link && this.state === "starting") this.kill(link, "it did not get ready in time");
		}, START_LIMIT_MS);
		limit.unref();
		link.hold(); // released when it is ready or lost: pi may wait for it
		const hello = this.owner?.hello();
		link.send({ m: "hello", ...hello, p: { protocol: PROTOCOL, skip: [...this.skip], ...hello?.p } });
	}

	/**
	 * Ask a host that is ready.
	 *
	 * @param {any} members gets the request's id as its `id`
	 * @param {import("./requests.js").About} about
	 * @returns {Promise<any>}
	 */
	request(members, about) {
		if (this.state !== "ready" || !this.link) throw new Error("the Python host is not running");
		this.watch();
		return this.link.request(members, about);
	}

	/** @param {any} members */
	post(members) {
		if (this.usable) this.link?.send(members);
	}

	/** End the process in an orderly way. */
	stop() {
		const { link, state } = this;
		this.state = "stopped";
		this.link = null; // whatever it still says comes too late
		if (!link?.open) return;
		if (state === "starting") {
			link.release();
			this.settle();
		}
		link.send({ m: "bye" });
		link.child.stdin?.end();
		const timer = setTimeout(() => endGroup(link), FAREWELL_MS);
		timer.unref();
		link.child.once("exit", () => clearTimeout(timer));
		link.close("pi is leaving");
	}

	/**
	 * @param {Link} link
	 * @param {any} frame
	 */
	receive(link, frame) {
		if (link !== this.link) return;
		switch (frame.m) {
			case "ready":
				this.becomeReady(link, frame.p);
				break;
			case "loading":
				this.loading = frame.p.plugin;
				break;
			case "fatal":
				link.release();
				this.giveUp(frame.p.reason);
				break;
			case "fault":
				if (this.state === "starting") this.kill(link, frame.p.reason);
				else link.failPending(`the Python host could not read a frame: ${frame.p.reason}`);
				break;
			case "stalled":
				this.owner?.tell(
					`plugin '${frame.p.plugin}' blocks all Python plugins in ${frame.p.hook}; its stack is in ${this.launch.cache}/host.log`,
					"warning",
				);
				break;
			case "pong":
				break;
			default:
				this.owner?.frame(frame);
		}
	}

	/**
	 * @param {Link} link
	 * @param {any} ready
	 */
	becomeReady(link, ready) {
		this.state = "ready";
		this.loading = "";
		this.deadlineMs = ready.deadline * 1000;
		link.release();
		try {
			this.owner?.ready(ready.contributions, this.starts > 1);
		} catch (/** @type {any} */ error) {
			// pi is between two sessions: the next one binds to what is ready by then.
			this.owner?.tell(`binding to the Python host failed: ${error?.message ?? error}`, "warning");
		} finally {
			this.settle();
		}
	}

	/** While somebody waits: ask for a sign of life, and end a host that gives none. */
	watch() {
		if (this.watching) return;
		const link = this.link;
		this.warned = false;
		if (link) link.lastHeard = performance.now();
		this.watching = setInterval(() => {
			if (!link || link !== this.link || !link.open || link.pending.size === 0) {
				clearInterval(this.watching);
				this.watching = undefined;
				return;
			}
			const silence = performance.now() - link.lastHeard;
			if (silence > this.deadlineMs + SILENCE_MS) this.kill(link, "it hangs");
			else if (silence > PING_MS) link.send({ m: "ping" });
			if (silence > SILENCE_MS && !this.warned) {
				this.warned = true;
				this.owner?.tell("the Python host does not respond; waiting for it", "warning");
			}
		}, PING_MS);
		this.watching.unref();
	}

	/**
	 * @param {Link} link
	 * @param {string} reason
	 */
	kill(link, reason) {
		endGroup(link);
		this.lost(link, reason);
	}

	/**
	 * @param {Link} link
	 * @param {string} reason
	 */
	lost(link, reason) {
		endGroup(link);
		if (link !== this.link) return;
		const { state } = this;
		this.link = null;
		link.close(`the Python host is gone (${reason})`);
		this.owner?.gone();
		if (state === "starting") link.release();
		if (state !== "starting" && state !== "ready") return;
		this.state = "down";
		if (state === "starting" && this.loading) {
			this.startWithout(this.loading);
			return;
		}
		this.settle();
		if (performance.now() - this.startedAt > STEADY_MS) this.pause = FIRST_PAUSE_MS;
		const pause = this.pause;
		this.pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
		this.owner?.tell(`the Python host is gone (${reason}); it starts again in ${pause / 1000} s`, "error");
		const timer = setTimeout(() => {
			if (this.state === "down") this.start();
		}, pause);
		timer.unref();
	}

	/**
	 * An import ended the process: the other plugins run at once without that one, and pi waits for them as before.
	 *
	 * @param {string} plugin
	 */
	startWithout(plugin) {
		this.skip.add(plugin);
		this.loading = "";
		const { settle } = this;
		this.start();
		void this.settled.then(settle);
	}

	/** @param {string} reason */
	giveUp(reason) {
		this.state = "off";
		this.link?.close(reason);
		if (this.link) endGroup(this.link);
		this.settle();
		this.owner?.tell(`Python plugins are off: ${reason}`, "error");
	}
}

/** @param {Link} link */
function endGroup(link) {
	const { pid } = link.child;
	if (pid === undefined) return;
	try {
		process.kill(-pid, "SIGKILL");
	} catch {
		// nothing of it is left
	}
}
