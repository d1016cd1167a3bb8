// Modules that plugins bring into pi, and what they and their plugin in Python say to each other.
//
// A companion is `export default function (pi, side)`. It is called once for each time that pi loads its extensions, and
// hears of every session through `side.onSession`: a companion may be loaded after `session_start` was sent out.

import { pathToFileURL } from "node:url";

/** One companion's end of the line to its plugin. */
export class Side {
	/**
	 * @param {any} bridge
	 * @param {string} plugin
	 */
	constructor(bridge, plugin) {
		this.bridge = bridge;
		this.plugin = plugin;
		/** @type {Map<string, (data: any, ctx: any) => any>} */
		this.answers = new Map();
		/** @type {((event: any, ctx: any) => any)[]} */
		this.sessionListeners = [];
		/** @type {(() => void)[]} */
		this.goneListeners = [];
	}

	/** pi's context of the current session. */
	get ctx() {
		return this.bridge.ctx;
	}

	/** Version of the running pi, such as "1.5.2"; "" if it can't be told. @returns {string} */
	get piVersion() {
		return this.bridge.facts.version;
	}

	/** Whether Python answers now or soon. @returns {boolean} */
	get connected() {
		return this.bridge.host.usable;
	}

	/**
	 * Answer what Python calls `name`; a promise is awaited.
	 *
	 * @param {string} name
	 * @param {(data: any, ctx: any) => any} answer
	 */
	on(name, answer) {
		this.answers.set(name, answer);
	}

	/**
	 * Run at each start of a session, before the plugins in Python hear of it; pi waits for it. One session may start twice.
	 *
	 * @param {(event: any, ctx: any) => any} listener
	 */
	onSession(listener) {
		this.sessionListeners.push(listener);
	}

	/**
	 * Run when the Python process is gone; another one begins with `session_start`.
	 *
	 * @param {() => void} listener
	 */
	onGone(listener) {
		this.goneListeners.push(listener);
	}

	/**
	 * Ask the plugin; rejects when Python is gone or its answer failed.
	 *
	 * @param {string} name
	 * @param {any} [data]
	 * @param {AbortSignal} [signal] aborts the plugin's answer
	 * @returns {Promise<any>}
	 */
	async call(name, data, signal) {
		return this.bridge.requests.make({ m: "companion", n: this.plugin, p: { name, data } }, { ctx: this.ctx, signal });
	}

	/**
	 * Tell the plugin; dropped when Python is gone.
	 *
	 * @param {string} name
	 * @param {any} [data]
	 */
	post(name, data) {
		this.bridge.host.post({ m: "companion", n: this.plugin, g: this.bridge.generation, p: { name, data } });
	}
}

export class Companions {
	/** @param {any} bridge */
	constructor(bridge) {
		this.bridge = bridge;
		/** @type {Map<string, Side>} */
		this.sides = new Map();
		this.began = null;
		this.loading = Promise.resolve();
	}

	/**
	 * Load those that are not there yet, after what is being loaded. One that fails is named, and the others go on.
	 *
	 * @param {Record<string, string>} paths by plugin
	 */
	load(paths) {
		this.loading = this.loading.then(() => this.loadNow(paths));
		return this.loading;
	}

	/** @param {Record<string, string>} paths */
	async loadNow(paths) {
		for (const [plugin, path] of Object.entries(paths)) {
			if (this.sides.has(plugin)) continue;
			const side = new Side(this.bridge, plugin);
			this.sides.set(plugin, side);
			try {
				const module = await import(pathToFileURL(path).href);
				await module.default(this.bridge.pi, side);
				if (this.began) await this.tell(side, this.began);
			} catch (error) {
				this.bridge.tell(`plugin '${plugin}': its companion module failed: ${describe(error)}`, "error");
			}
		}
	}

	/**
	 * @param {any} event pi's `session_start`
	 */
	async begin(event) {
		this.began = event;
		for (const side of this.sides.values()) await this.tell(side, event);
	}

	/**
	 * @param {Side} side
	 * @param {any} event
	 */
	async tell(side, event) {
		for (const listener of side.sessionListeners) {
			try {
				await listener(event, this.bridge.ctx);
			} catch (error) {
				this.bridge.tell(`plugin '${side.plugin}': its companion module failed: ${describe(error)}`, "error");
			}
		}
	}

	/** The Python process is gone. */
	gone() {
		for (const side of this.sides.values()) for (const listener of side.goneListeners) listener();
	}

	/**
	 * @param {{ plugin: string, name: string, data: any }} params
	 * @param {any} ctx
	 */
	answer({ plugin, name, data }, ctx) {
		const answer = this.sides.get(plugin)?.answers.get(name);
		if (!answer) throw new Error(`the companion module of plugin '${plugin}' has no answer to '${name}'`);
		return answer(data, ctx);
	}
}

/** @param {any} error */
function describe(error) {
	return error?.message ?? String(error);
}
