// One pi session's side of the bridge: which events are listened to, and what becomes of the answers.
//
// pi makes a new instance for every session (and for every reload); the Python process outlives them.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { callOffAll, performCall } from "./calls.js";
import { Companions } from "./companions.js";
import { Environment } from "./environment.js";
import { adapterFor } from "./events.js";
import { Facts } from "./facts.js";
import { Host } from "./host.js";
import { agentDir, manifestPath, runsAtOnce } from "./launch.js";
import { readManifest } from "./manifest.js";
import { Offers } from "./offers.js";
import { Requests } from "./requests.js";
import { Stream } from "./stream.js";

/** Events that come per token: sent in batches, never awaited. */
const STREAMED = new Set(["message_update", "tool_execution_update", "provider_stream_event"]);

/** Events whose failing listener stops pi, as in pi itself. */
const CLOSED = new Set(["tool_call", "user_bash"]);

/** Events that do not wait for the plugins to be done with `session_start`: it is one, or asks something itself. */
const NESTED = new Set(["session_start", "ui_prompt_start", "ui_prompt_end"]);

const NOT_RUNNING = "the Python host is not running, so nobody can say whether this is allowed";

/** Survives reloads, which load this module anew. @type {{ host: Host | null, generation: number }} */
const shared = (/** @type {any} */ (globalThis)[Symbol.for("pi-host")] ??= { host: null, generation: 0 });

export class Bridge {
	/**
	 * @param {any} pi
	 * @param {import("./launch.js").Launch} launch
	 */
	constructor(pi, launch) {
		this.pi = pi;
		this.launch = launch;
		this.generation = 0;
		this.ctx = null;
		this.project = null;
		this.manifest = readManifest(manifestPath(launch, null));
		/** Number of implementations by event; what is not in here is not asked about. */
		this.events = this.manifest.contributions.events;
		/** @type {Map<string, () => void>} */
		this.listening = new Map();
		/** Settles when the Python side of `session_start` is done, and is gone then. @type {Promise<any> | null} */
		this.begun = null;
		/** Messages of `before_agent_start` beyond the first. @type {any[]} */
		this.overflow = [];
		/** Number of listeners that hand these over. */
		this.messengers = 0;
		/** What the user is told as soon as there is a session. @type {[string, string][]} */
		this.untold = [];
		this.facts = new Facts(pi);
		this.offers = new Offers(this);
		this.requests = new Requests(this);
		this.stream = new Stream(this);
		this.companions = new Companions(this);
		this.environment = new Environment();
	}

	/** @returns {Host} */
	get host() {
		return (shared.host ??= new Host(this.launch));
	}

	/** Called in the factory: declares flags and listens; what it returns settles when the companion modules are loaded. */
	install() {
		this.offers.declareFlags(this.manifest.contributions.flags);
		// Trust is asked about before a manifest that does not hold can be corrected.
		if (!this.manifest.fresh) this.events = { ...this.events, project_trust: 1 };
		this.listen();
		this.warmUp();
		this.pi.on("session_start", (/** @type {any} */ event, /** @type {any} */ ctx) => this.sessionStart(event, ctx));
		this.pi.on("session_shutdown", (/** @type {any} */ event, /** @type {any} */ ctx) =>
			this.sessionShutdown(event, ctx),
		);
		// What plugins set up when a session starts must stand before the first run, whatever else they listen to. Not every
		// run has the first of these events, and pi 0.74.2 does not wait for the second.
		for (const name of ["before_agent_start", "agent_start"]) {
			this.pi.on(name, async () => {
				await this.begun;
			});
		}
		return this.companions.load(this.manifest.contributions.companions);
	}

	/**
	 * Python needs about as long to start as pi takes from here to the first prompt, so with `-p` the two overlap.
	 * Where the project may bring plugins of its own, it is too early to know what to load.
	 */
	warmUp() {
		if (!shared.host && runsAtOnce(process.argv.slice(2)) && !bringsPlugins(process.cwd())) this.startEarly();
	}

	/** `project_trust` comes before there is a session: Python is started for it. */
	startEarly() {
		if (!this.host.usable) this.host.project = null;
		this.host.owner = this;
		this.host.start();
	}

	/** Listen to exactly the events that some plugin implements. */
	listen() {
		for (const name of Object.keys(this.events)) {
			if (this.listening.has(name) || name === "session_start" || name === "session_shutdown") continue;
			const handler = STREAMED.has(name)
				? (/** @type {any} */ event, /** @type {any} */ ctx) => this.stream.push(name, event, ctx)
				: (/** @type {any} */ event, /** @type {any} */ ctx) => this.ask(name, event, ctx);
			const off = this.pi.on(name, handler);
			this.listening.set(name, () => off?.());
		}
		// pi takes one message from each listener, and several plugins may have one each.
		for (; this.messengers < this.events.before_agent_start - 1; this.messengers++) {
			this.pi.on("before_agent_start", () => this.nextMessage());
		}
		for (const [name, off] of this.listening) {
			if (!(name in this.events)) {
				off();
				this.listening.delete(name);
			}
		}
	}

	/** @returns {{ message: any } | undefined} */
	nextMessage() {
		const message = this.overflow.shift();
		return message && { message };
	}

	/**
	 * @param {any} event
	 * @param {any} ctx
	 */
	async sessionStart(event, ctx) {
		this.bind(ctx);
		this.offers.register(this.manifest.contributions);
		const { host } = this;
		const running = host.state === "ready";
		if (host.usable) host.post({ m: "facts", g: this.generation, c: this.facts.all(ctx) });
		else host.start();
		// Without a manifest that holds, nobody knows yet what to listen to, so pi has to wait; otherwise it goes on and
		// the first event that needs an answer waits.
		if (!running && (!this.manifest.fresh || this.project)) await host.settled;
		await this.companions.load(this.manifest.contributions.companions); // those that the manifest did not know of
		await this.companions.begin(event);
		const asked = "session_start" in this.events ? this.ask("session_start", event, ctx) : Promise.resolve();
		this.begin(asked);
		if (running) await asked;
	}

	/**
	 * Everything else has to wait for this.
	 *
	 * @param {Promise<any>} begun
	 */
	begin(begun) {
		this.begun = begun;
		void begun.finally(() => {
			if (this.begun === begun) this.begun = null;
		});
	}

	/**
	 * @param {any} event
	 * @param {any} ctx
	 */
	async sessionShutdown(event, ctx) {
		// A session does not end before the plugins have begun it: pi itself waits for `session_start`, we only put it off.
		if (this.begun) await this.begun;
		this.stream.flush();
		try {
			if ("session_shutdown" in this.events && this.host.usable) await this.ask("session_shutdown", event, ctx);
		} finally {
			this.environment.restore();
			// A reload is what people do after editing a plugin, so it gets a fresh Python.
			if (event.reason === "quit" || event.reason === "reload") {
				shared.host?.stop();
				shared.host = null;
			}
		}
	}

	/** @param {any} ctx */
	bind(ctx) {
		if (this.ctx === null) this.generation = ++shared.generation;
		this.ctx = ctx;
		this.facts.generation = this.generation;
		const trusted = ctx.isProjectTrusted?.() ?? false;
		const project = trusted && bringsPlugins(ctx.cwd) ? ctx.cwd : null;
		if (project !== this.project || (this.host.owner && this.host.project !== project)) {
			// Another project has other plugins: a fresh Python is the one way to be rid of the old ones.
			this.project = project;
			this.manifest = readManifest(manifestPath(this.launch, project));
			this.adopt(this.manifest.contributions);
			if (shared.host?.usable) {
				shared.host.stop();
				shared.host = null;
			}
		}
		this.host.project = project;
		this.host.owner = this;
		for (const [text, level] of this.untold.splice(0)) this.tell(text, level);
	}

	/** What a new Python process is told first. */
	hello() {
		return {
			g: this.generation,
			c: this.currentFacts(),
			p: {
				piVersion: this.facts.version,
				agentDir: agentDir(),
				project: this.project,
				manifest: manifestPath(this.launch, this.project),
				known: this.manifest.fresh,
				autoload: this.launch.autoload,
				plugins: this.launch.plugins,
				trace: this.launch.trace,
			},
		};
	}

	currentFacts() {
		try {
			if (this.ctx) return this.facts.all(this.ctx);
		} catch {
			// the session has been replaced; the next one brings its own facts
		}
		return { piVersion: this.facts.version };
	}

	/**
	 * The Python process can answer from now on.
	 *
	 * @param {any} contributions what the plugins really offer, `null` if the manifest was right
	 * @param {boolean} again whether it takes the place of one that died, and has forgotten everything
	 */
	ready(contributions, again) {
		if (contributions) {
			this.adopt(contributions);
			if (this.ctx) this.offers.register(contributions);
		}
		if (again && this.ctx && "session_start" in this.events) {
			this.begin(this.ask("session_start", { type: "session_start", reason: "reload" }, this.ctx));
		}
	}

	/** The Python process is gone, and with it everybody who waited for the user. */
	gone() {
		callOffAll();
		this.environment.restore();
		this.companions.gone();
	}

	/** @param {import("./manifest.js").Contributions} contributions */
	adopt(contributions) {
		this.manifest = { contributions, fresh: this.manifest.fresh };
		this.events = contributions.events;
		this.listen();
		if (this.ctx) void this.companions.load(contributions.companions);
	}

	/**
	 * Bring an event to the plugins and their answer back to pi.
	 *
	 * @param {string} name
	 * @param {any} event
	 * @param {any} ctx
	 */
	async ask(name, event, ctx) {
		if (this.ctx === null) this.startEarly();
		if (!this.host.usable) return this.refuse(name, NOT_RUNNING);
		const adapter = adapterFor(name);
		try {
			if (this.begun && !NESTED.has(name)) await this.begun;
			this.stream.flush();
			const reply = await this.requests.make(
				{ m: "event", n: name, p: adapter.payload(event) },
				{ ctx, handles: adapter.handles?.(event), signal: event.signal ?? ctx.signal },
			);
			return adapter.apply(event, reply ?? {}, this);
		} catch (error) {
			return this.refuse(name, error instanceof Error ? error.message : String(error), adapter);
		}
	}

	/**
	 * The event could not be answered: stop pi where a failing listener does, and go on without an answer elsewhere.
	 *
	 * @param {string} name
	 * @param {string} reason
	 * @param {any} [adapter]
	 */
	refuse(name, reason, adapter = adapterFor(name)) {
		if (CLOSED.has(name)) throw new Error(`pi-host: ${reason}`);
		if (this.host.state === "ready") this.tell(`${name}: ${reason}`, "error");
		return adapter.apply({}, {}, this);
	}

	/** @param {any} frame a call or notice from Python */
	frame(frame) {
		if (frame.m === "report") {
			this.tell(frame.p.text, frame.p.level);
			return;
		}
		void performCall(this, frame);
	}

	/**
	 * Tell the user; where pi has no interface, on standard error.
	 *
	 * @param {string} text
	 * @param {string} level
	 */
	tell(text, level) {
		if (this.ctx === null) {
			this.untold.push([text, level]); // Python was started early, and there is nobody to tell yet
			return;
		}
		try {
			if (this.ctx?.hasUI) {
				this.ctx.ui.notify(`pi-host: ${text}`, level);
				return;
			}
		} catch {
			// the session has been replaced meanwhile
		}
		process.stderr.write(`pi-host: ${text}\n`);
	}
}

/** @param {string} cwd */
function bringsPlugins(cwd) {
	return existsSync(join(cwd, ".pi", "python")) || existsSync(join(cwd, ".pi", "pi-host.toml"));
}
