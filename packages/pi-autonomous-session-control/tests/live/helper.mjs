// What no RPC command makes pi do.

export default function (pi) {
	pi.registerCommand("goto", {
		description: "go to the message of the user with this text",
		handler: async (args, ctx) => {
			const text = (entry) => JSON.stringify(entry.message?.content ?? "");
			const all = ctx.sessionManager.getEntries().filter((e) => e.type === "message" && e.message.role === "user");
			await ctx.navigateTree(all.find((e) => text(e).includes(args)).id, { summarize: false });
		},
	});
	pi.registerCommand("forward", {
		description: "go to the entry with this id",
		handler: async (args, ctx) => {
			await ctx.navigateTree(args.trim(), { summarize: false });
		},
	});
}
