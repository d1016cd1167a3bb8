// What neither a command of RPC nor a key of the terminal makes pi do in one step.

export default function (pi) {
	const command = (name, description, handler) => pi.registerCommand(name, { description, handler });

	command("open", "go to another session", (file, ctx) => ctx.switchSession(file));
	command("goto", "go to an entry of the session tree", async (entry, ctx) => {
		const { cancelled } = await ctx.navigateTree(entry);
		ctx.ui.notify(cancelled ? "stayed" : "moved");
	});
	command("say", "send a prompt as an extension does", (text) => pi.sendUserMessage(text));
	command("custom", "send a message of a type of its own, which starts a run", (text) =>
		pi.sendMessage({ customType: "note", content: text, display: true }, { triggerTurn: true }),
	);
	command("label", "label an entry", (args) => {
		const [entry, label] = args.split(" ");
		pi.setLabel(entry, label);
	});
	command("now", "answer at once", (text, ctx) => ctx.ui.notify(`now ${text}`));

	pi.on("input", (event, ctx) => {
		if (event.text.startsWith("watched ")) ctx.ui.notify(`input from ${event.source}: ${event.text}`);
		if (event.text.startsWith("swallow ")) return { action: "handled" };
		if (event.text.startsWith("loud ")) return { action: "transform", text: event.text.toUpperCase() };
	});
	pi.on("before_agent_start", (event) => {
		if (event.prompt.startsWith("ruled ")) return { systemPrompt: `${event.systemPrompt}\nAnswer in rhymes.` };
	});
}
