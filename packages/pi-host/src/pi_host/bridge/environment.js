// Variables that plugins set in pi's environment, and what was there before.

export class Environment {
	constructor() {
		/** What to put back. @type {Map<string, string | undefined>} */
		this.before = new Map();
	}

	/** @param {Record<string, string | null>} variables */
	set(variables) {
		for (const [name, value] of Object.entries(variables)) {
			if (!this.before.has(name)) this.before.set(name, process.env[name]);
			assign(name, value ?? undefined);
		}
	}

	/** Put everything back. */
	restore() {
		for (const [name, value] of this.before) assign(name, value);
		this.before.clear();
	}
}

/**
 * @param {string} name
 * @param {string | undefined} value
 */
function assign(name, value) {
	if (value === undefined) delete process.env[name];
	else process.env[name] = value;
}
