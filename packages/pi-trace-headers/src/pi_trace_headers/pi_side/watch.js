// Tells the plugin what goes on in a run, without making pi wait.
//
// pi waits for whoever listens to its events; for these, nobody has to. Only what spans need crosses: of the per-token
// event the first one of each answer, of messages their facts, and what was said only if it is wanted.

/** Headers of a response that name the request at the provider or gateway. */
const ID_HEADERS = new Set([
	"request-id",
	"x-request-id",
	"cf-ray",
	"cf-aig-log-id",
	"x-litellm-call-id",
	"x-portkey-trace-id",
	"helicone-id",
	"x-generation-id",
	"apim-request-id",
	"x-amzn-requestid",
]);

/**
 * @param {any} pi pi's extension API
 * @param {any} side the line to the plugin
 */
export default function watch(pi, side) {
	let content = false;
	let waiting = false;
	let headers = false;
	let origin = performance.timeOrigin;

	// Milliseconds since 1970 in fractions. The precise clock stands still while the machine sleeps.
	const now = () => {
		const coarse = Date.now();
		if (Math.abs(origin + performance.now() - coarse) > 2) origin = coarse - performance.now();
		return origin + performance.now();
	};

	side.on("content", (/** @type {boolean} */ wanted) => {
		content = wanted;
	});

	/**
	 * @param {string} name pi's event
	 * @param {(event: any, ctx: any) => any} facts what of it is told
	 */
	const tell = (name, facts) =>
		pi.on(name, (/** @type {any} */ event, /** @type {any} */ ctx) => {
			const data = facts(event, ctx);
			if (data) side.post(name, { at: now(), ...data });
		});

	tell("before_agent_start", () => ({}));
	tell("agent_end", () => ({}));
	tell("turn_start", () => ({}));
	tell("after_provider_response", (event) => ({ status: event.status, ids: idsIn(event.headers) }));
	tell("message_end", (event, ctx) => {
		if (event.message.role !== "assistant" && !content) return undefined;
		return { message: content ? event.message : factsOf(event.message), leaf: ctx.sessionManager.getLeafId() };
	});
	tell("tool_execution_end", (event) => ({
		id: event.toolCallId,
		name: event.toolName,
		failed: event.isError,
		duration: event.durationMs,
		result: content ? event.result : undefined,
	}));

	pi.on("message_start", (/** @type {any} */ event) => {
		waiting = event.message.role === "assistant";
	});
	pi.on("message_update", () => {
		if (!waiting) return;
		waiting = false;
		side.post("message_update", { at: now() });
	});

	// A pi without the event for headers (0.74.2) tells of a request only together with its whole body, which stays here.
	pi.on("before_provider_headers", () => {
		headers = true;
	});
	tell("before_provider_request", (_event, ctx) => (headers ? undefined : { model: modelOf(ctx.model) }));
}

/** @param {Record<string, string>} headers */
function idsIn(headers) {
	return Object.fromEntries(Object.entries(headers ?? {}).filter(([name]) => ID_HEADERS.has(name.toLowerCase())));
}

/** @param {any} message */
function factsOf({ content: _content, ...facts }) {
	return facts;
}

/** @param {any} model */
function modelOf(model) {
	return model && { provider: model.provider, id: model.id, api: model.api, baseUrl: model.baseUrl };
}
