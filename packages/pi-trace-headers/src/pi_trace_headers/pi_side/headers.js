// What the headers need to know and do inside pi.
//
// A pi that does not tell of a request before it is sent gets them by registering the provider anew each time.
// pi replaces all that it knows about a provider's requests by what is registered, so the key and the user's own
// headers are taken from pi and put back as they are: unresolved, the way the user wrote them.

/** What was registered, and the user's headers under it, by provider; outlives a reload. @type {Map<string, any>} */
const registered = new Map();

/**
 * @param {any} pi
 * @param {any} side the line to the plugin in Python
 */
export default function traceHeaders(pi, side) {
	pi.on("message_end", (/** @type {any} */ { message }) => {
		if (message.role === "assistant" && message.stopReason === "error") side.post("failed");
	});
	if (hasHeaderEvent(side.piVersion)) return;
	// A call and not a notice: the run that follows must not overtake it.
	pi.on("before_agent_start", () => ask(side, "prompt", {}));
	pi.on("context", (/** @type {any} */ _event, /** @type {any} */ ctx) => refresh(pi, side, ctx));
	// A summary is asked for with the headers of the request before it, which must not be those of another session.
	side.onSession((/** @type {any} */ _event, /** @type {any} */ ctx) => {
		for (const [provider, { own }] of registered) register(pi, ctx, provider, own);
		registered.clear();
	});
}

/** @param {string} version */
function hasHeaderEvent(version) {
	const [major = 0, minor = 0, patch = 0] = version.split(/[.-]/).map(Number);
	return major > 0 || minor > 80 || (minor === 80 && patch >= 4);
}

/**
 * A request goes out without our headers rather than not at all.
 *
 * @param {any} side
 * @param {string} name
 * @param {any} data
 */
async function ask(side, name, data) {
	try {
		return await side.call(name, data);
	} catch {
		return undefined; // Python is gone, or has told the user what is wrong
	}
}

/**
 * @param {any} pi
 * @param {any} side
 * @param {any} ctx
 */
async function refresh(pi, side, ctx) {
	const { model, modelRegistry } = ctx;
	if (!model) return;
	const config = known(ctx, model.provider);
	const own = userHeaders(model.provider, config);
	const ofModel = modelRegistry?.modelRequestHeaders?.get?.(`${model.provider}:${model.id}`) ?? {};
	const names = Object.keys({ ...own, ...ofModel });
	const wanted = (await ask(side, "headers", { names, provider: model.provider, safe: config !== null })) ?? [];
	if (config === null || (wanted.length === 0 && !registered.has(model.provider))) return;
	const headers = { ...own };
	for (const { name, value, replaces, unlessVariable } of wanted) {
		if (unlessVariable && process.env[value]) {
			side.post("refused", { name });
			continue;
		}
		if (replaces) delete headers[replaces];
		headers[name] = value;
	}
	registered.set(model.provider, { headers, own });
	register(pi, ctx, model.provider, headers);
}

/**
 * @param {any} pi
 * @param {any} ctx
 * @param {string} provider
 * @param {Record<string, string>} headers
 */
function register(pi, ctx, provider, headers) {
	const { apiKey, authHeader } = known(ctx, provider) ?? {};
	pi.registerProvider(provider, { apiKey, authHeader, headers });
}

/**
 * @param {any} ctx
 * @param {string} provider
 * @returns {any} what pi knows about a provider's requests, `null` if this pi does not let us see it
 */
function known(ctx, provider) {
	const configs = ctx.modelRegistry?.providerRequestConfigs;
	return configs instanceof Map ? (configs.get(provider) ?? {}) : null;
}

/**
 * @param {string} provider
 * @param {any} config what pi knows about its requests now
 * @returns {Record<string, string>} the headers that are not ours
 */
function userHeaders(provider, config) {
	const last = registered.get(provider);
	return last && config?.headers === last.headers ? last.own : (config?.headers ?? {});
}
