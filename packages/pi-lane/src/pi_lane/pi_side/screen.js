// The screen and pi's own copy of the conversation follow the lane's head while this terminal is idle.
//
// Only a command may navigate the session tree, so one of ours is sent once and its context is kept.

/** Text that the hidden command is called with; nobody types it. */
const COMMAND = "lane-follow";

export class Screen {
	/**
	 * @param {any} pi
	 * @param {() => void} arrived called when the command's context is there
	 */
	constructor(pi, arrived) {
		this.pi = pi;
		/** @type {any} */
		this.commands = null;
		this.asked = false;
		/** Whether a navigation under way is ours. */
		this.following = false;
		pi.registerCommand(COMMAND, {
			description: "used by pi-lane itself to show what another terminal did",
			handler: async (/** @type {string} */ _args, /** @type {any} */ ctx) => {
				this.commands = ctx;
				arrived();
			},
		});
	}

	/** Whether the screen can be drawn anew; if not yet, `arrived` is called once it can. @returns {boolean} */
	get ready() {
		if (!this.commands) this.ask();
		return this.commands !== null;
	}

	/**
	 * Show the conversation up to `head`.
	 *
	 * @param {string} head
	 * @param {import("./book.js").Book} book
	 * @returns {Promise<boolean>} whether it is shown
	 */
	async show(head, book) {
		const { manager } = book;
		if (startsATurn(manager.byId.get(head))) return false; // pi would put its text into the editor
		this.following = true;
		const before = manager.leafId;
		// pi draws nothing when it is there already, as it is after a run that continued what others said.
		if (before === head) manager.leafId = null;
		try {
			const { cancelled } = await this.commands.navigateTree(head);
			return !cancelled;
		} finally {
			this.following = false;
			if (manager.leafId === null) manager.leafId = before;
		}
	}

	/** Have pi run our command, for the sake of its context. */
	ask() {
		if (this.asked) return;
		this.asked = true;
		this.pi.sendUserMessage(`/${COMMAND}`, { expandPromptTemplates: true });
	}
}

/** @param {any} entry */
function startsATurn(entry) {
	return entry?.type === "custom_message" || (entry?.type === "message" && entry.message.role === "user");
}
