// What no RPC command makes pi do.

export default function (pi) {
	pi.registerCommand("goto", {
		description: "go to the first message of the user; summarise what is left behind if told so",
		handler: async (args, ctx) => {
			const first = ctx.sessionManager.getEntries().find((e) => e.type === "message" && e.message.role === "user");
			const { cancelled } = await ctx.navigateTree(first.id, { summarize: args === "summarize" });
			ctx.ui.notify(cancelled ? "stayed" : "moved");
		},
	});
	pi.registerCommand("again", {
		description: "reload the extensions",
		handler: (_args, ctx) => ctx.reload(),
	});
	pi.registerCommand("shelf", {
		description: "register an MCP server",
		handler: async () => pi.registerMcpServer("shelf", { command: "true", args: ["books"] }),
	});
}
