// Tools, commands and flags of the plugins, registered with pi.

export class Offers {
	/** @param {any} bridge */
	constructor(bridge) {
		this.bridge = bridge;
		/** @type {Set<string>} */
		this.commands = new Set();
		/** @type {Map<string, string>} */
		this.tools = new Map();
		/** Tools that the user was told are not used. @type {Set<string>} */
		this.told = new Set();
	}

	/**
	 * Flags must be known when pi reads its command line, so they come from the manifest, in the factory.
	 *
	 * @param {any[]} flags
	 */
	declareFlags(flags) {
		for (const { name, ...options } of flags) {
			this.bridge.pi.registerFlag(name, options);
			this.bridge.facts.flags.push(name);
		}
	}

	/**
	 * Tools and commands come when the session starts: a name that another extension has would end pi if it were declared
	 * in the factory, and is merely not used when it comes later.
	 *
	 * @param {import("./manifest.js").Contributions} contributions
	 */
	register(contributions) {
		for (const command of contributions.commands) this.registerCommand(command);
		for (const tool of contributions.tools) this.registerTool(tool);
		this.tellShadowed();
	}

	/** @param {any} command */
	registerCommand({ name, description, completes }) {
		if (this.commands.has(name)) return;
		this.commands.add(name);
		const { bridge } = this;
		bridge.pi.registerCommand(name, {
			description,
			getArgumentCompletions: completes
				? (/** @type {string} */ prefix) => this.complete(name, prefix)
				: undefined,
			handler: async (/** @type {string} */ args, /** @type {any} */ ctx) => {
				try {
					await this.call({ m: "command", n: name, p: { args } }, { ctx });
				} catch (error) {
					throw new Error(`/${name}: ${error instanceof Error ? error.message : error}`);
				}
			},
		});
	}

	/**
	 * @param {string} name
	 * @param {string} prefix
	 */
	async complete(name, prefix) {
		try {
			return await this.call({ m: "complete", n: name, p: { prefix } }, { ctx: this.bridge.ctx });
		} catch {
			return null; // completions are a convenience; the log has the reason
		}
	}

	/** @param {any} tool */
	registerTool(tool) {
		const declared = JSON.stringify(tool);
		if (this.tools.get(tool.name) === declared) return;
		this.tools.set(tool.name, declared);
		const { bridge } = this;
		bridge.pi.registerTool({
			...tool,
			execute: async (
				/** @type {string} */ callId,
				/** @type {any} */ params,
				/** @type {AbortSignal} */ signal,
				/** @type {any} */ update,
				/** @type {any} */ ctx,
			) => this.call({ m: "tool", n: tool.name, p: { callId, params } }, { ctx, update, signal }),
		});
	}

	/**
	 * Ask Python, once the plugins have what `session_start` sets up: pi can be faster than they are.
	 *
	 * @param {any} members
	 * @param {import("./requests.js").About} about
	 */
	async call(members, about) {
		const { bridge } = this;
		await bridge.begun;
		bridge.stream.flush();
		return bridge.requests.make(members, about);
	}

	/** A tool of the same name that some other extension registered first is the one that pi uses. */
	tellShadowed() {
		const { bridge } = this;
		for (const tool of bridge.pi.getAllTools()) {
			const path = tool.sourceInfo?.path ?? "";
			if (this.tools.has(tool.name) && !this.told.has(tool.name) && !isOurs(path)) {
				this.told.add(tool.name);
				bridge.tell(`the tool '${tool.name}' is not used: ${path || "pi"} has one of that name`, "warning");
			}
		}
	}
}

/** @param {string} path */
function isOurs(path) {
	return /pi[-_]host/.test(path);
}
