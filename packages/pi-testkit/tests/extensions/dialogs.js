// Asks one dialog of each kind and reports the answers.
export default (pi) => {
  pi.registerCommand("ask", {
    description: "Ask everything",
    handler: async (_args, ctx) => {
      const answers = [
        await ctx.ui.confirm("Sure?", "really"),
        await ctx.ui.select("Which", ["a", "b"]),
        await ctx.ui.input("Name", "nobody"),
        await ctx.ui.editor("Text", "draft"),
      ];
      ctx.ui.notify(JSON.stringify(answers.map((answer) => answer ?? null)));
    },
  });
  pi.registerCommand("boom", {
    description: "Fail",
    handler: async () => {
      throw new Error("boom");
    },
  });
};
