// Writes every event it was asked for to a file, one JSON line each.
import { appendFileSync } from "node:fs";

const plain = (_key, value) => (value instanceof Set ? [...value] : value instanceof AbortSignal ? undefined : value);

export default function (pi) {
  for (const name of process.env.DUMP_EVENTS.split(",")) {
    pi.on(name, (event) => appendFileSync(process.env.DUMP_FILE, `${JSON.stringify({ name, event }, plain)}\n`));
  }
  pi.registerCommand("everything", {
    description: "does what no prompt does",
    handler: async (_args, ctx) => {
      pi.setSessionName("renamed");
      await ctx.ui.confirm("Title", "Question");
      const first = ctx.sessionManager.getEntries().find((e) => e.type === "message" && e.message.role === "user");
      await ctx.navigateTree(first.id, { summarize: false });
    },
  });
}
