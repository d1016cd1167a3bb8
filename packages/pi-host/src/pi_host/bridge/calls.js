// What Python may ask of pi, by name.

/** @typedef {{ pi: any, ctx: any, about: any, bridge: any, signal: AbortSignal }} Scene */

/** @type {Record<string, (params: any, scene: Scene) => any>} */
const CALLS = {
	"ui.confirm": (p, { ctx, signal }) => ctx.ui.confirm(p.title, p.message, dialog(p, signal)),
	"ui.select": (p, { ctx, signal }) => ctx.ui.select(p.title, p.options, dialog(p, signal)),
	"ui.input": (p, { ctx, signal }) => ctx.ui.input(p.title, p.placeholder, dialog(p, signal)),
	"ui.editor": (p, { ctx }) => ctx.ui.editor(p.title, p.prefill),
	"ui.notify": (p, { ctx, bridge }) => (ctx.hasUI ? ctx.ui.notify(p.message, p.level) : bridge.tell(p.message, p.level)),
	"ui.setStatus": (p, { ctx }) => ctx.ui.setStatus(p.key, p.text ?? undefined),
	"ui.setWidget": (p, { ctx }) => ctx.ui.setWidget(p.key, p.lines ?? undefined, { placement: p.placement }),
	"ui.setTitle": (p, { ctx }) => ctx.ui.setTitle(p.title),
	"ui.setEditorText": (p, { ctx }) => ctx.ui.setEditorText(p.text),
	"ui.getEditorText": (_, { ctx }) => ctx.ui.getEditorText(),

	"pi.sendMessage": (p, { pi }) =>
		pi.sendMessage(p.message, present({ triggerTurn: p.triggerTurn, deliverAs: p.deliverAs })),
	"pi.sendUserMessage": (p, { pi }) =>
		pi.sendUserMessage(p.content, present({ deliverAs: p.deliverAs, expandPromptTemplates: p.expand || null })),
	"pi.appendEntry": (p, { pi, ctx }) => {
		pi.appendEntry(p.customType, p.data ?? undefined);
		return ctx.sessionManager.getLeafId();
	},
	"pi.exec": (p, { pi, signal }) =>
		pi.exec(p.command, p.args, present({ cwd: p.cwd, timeout: p.timeout, signal })),
	"pi.setSessionName": (p, { pi }) => pi.setSessionName(p.name),
	"pi.setLabel": (p, { pi }) => pi.setLabel(p.entryId, p.label ?? undefined),
	"pi.getActiveTools": (_, { pi }) => pi.getActiveTools(),
	"pi.getAllTools": (_, { pi }) => pi.getAllTools(),
	"pi.setActiveTools": (p, { pi }) => pi.setActiveTools(p.names),
	"pi.getCommands": (_, { pi }) => pi.getCommands(),
	"pi.setEnv": (p, { bridge }) => bridge.environment.set(p.variables),
	"pi.registerProvider": (p, { pi }) => pi.registerProvider(p.name, p.config),
	"pi.unregisterProvider": (p, { pi }) => pi.unregisterProvider(p.name),

	"ctx.isIdle": (_, { ctx }) => ctx.isIdle(),
	"ctx.hasPendingMessages": (_, { ctx }) => ctx.hasPendingMessages(),
	"ctx.getContextUsage": (_, { ctx }) => ctx.getContextUsage(),
	"ctx.getSystemPrompt": (_, { ctx }) => ctx.getSystemPrompt(),
	"ctx.abort": (_, { ctx }) => ctx.abort(),
	"ctx.shutdown": (_, { ctx }) => ctx.shutdown(),

	"session.entries": (p, { ctx }) => entriesAfter(ctx.sessionManager.getEntries(), p.since),
	"session.branch": (_, { ctx }) => ctx.sessionManager.getBranch(),
	"session.label": (p, { ctx }) => ctx.sessionManager.getLabel(p.entryId),

	"handle.load": (p, { about }) => {
		const handle = about.handles?.[p.field];
		if (!handle) throw new Error(`the event is over; '${p.field}' must be loaded while it is handled`);
		return handle(p.start, p.stop);
	},
	"companion.call": (p, { ctx, bridge }) => bridge.companions.answer(p, ctx),
	"tool.progress": (p, { about }) => about.update?.({ content: p.content, details: p.details ?? undefined }),
};

/** Calls that wait, so that Python can call them off. @type {Map<number, AbortController>} */
const waiting = new Map();

/** Close every dialog that Python has open: nobody waits for the answer any more. */
export function callOffAll() {
	for (const controller of waiting.values()) controller.abort();
}

/**
 * Do what Python asked for and send the answer, if one is wanted.
 *
 * @param {any} bridge
 * @param {any} frame
 */
export async function performCall(bridge, frame) {
	if (frame.m === "cancel") {
		waiting.get(frame.id)?.abort();
		return;
	}
	const { host } = bridge;
	const controller = new AbortController();
	if (frame.id) waiting.set(frame.id, controller);
	try {
		if (frame.g !== bridge.generation) throw Object.assign(new Error("the session has been replaced"), { stale: true });
		const call = CALLS[frame.m];
		if (!call) throw new Error(`this bridge has no call '${frame.m}'; are pi-host and its bridge of one version?`);
		const about = bridge.requests.about(frame.q) ?? { ctx: bridge.ctx };
		const scene = { pi: bridge.pi, ctx: about.ctx, about, bridge, signal: controller.signal };
		const value = await call(frame.p, scene);
		if (frame.id) host.post({ id: frame.id, r: value ?? null });
	} catch (/** @type {any} */ error) {
		const message = error?.message ?? String(error);
		if (frame.id) host.post({ id: frame.id, e: { message, stale: error?.stale === true } });
		else if (!error?.stale) bridge.tell(`${frame.m}: ${message}`, "error");
	} finally {
		waiting.delete(frame.id);
	}
}

/**
 * @param {any} params
 * @param {AbortSignal} signal
 */
function dialog(params, signal) {
	return present({ timeout: params.timeout, signal });
}

/** @param {Record<string, any>} options */
function present(options) {
	return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== null && value !== undefined));
}

/**
 * @param {any[]} entries
 * @param {string | null} since
 */
function entriesAfter(entries, since) {
	if (!since) return entries;
	return entries.slice(entries.findIndex((entry) => entry.id === since) + 1);
}
