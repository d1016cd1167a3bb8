// How each event crosses: what is sent, what stays and is fetched when asked for, how the answer is put to pi.
//
// What stays crosses as true, a list of messages as their roles: Python makes a handle of it.
// A reply has `a`, the merged answer; `i`, payload fields changed in place; `e`, the plan of an edited message list.
// JSON null is not undefined to pi, so members that are null are left out of every answer.

/**
 * @typedef {object} Adapter
 * @property {(event: any) => any} payload
 * @property {(event: any) => Record<string, (start: number | null, stop: number | null) => any>} [handles]
 * @property {(event: any, reply: any, bridge: any) => any} apply
 */

/** @type {Adapter} */
const PLAIN = { payload: keeping(), apply: (_event, reply) => withoutNulls(reply.a) };

/** @type {Adapter} */
const MESSAGES = {
	payload: (event) => ({ messages: { roles: event.messages.map((/** @type {any} */ m) => m.role) } }),
	handles: (event) => ({ messages: part(event.messages) }),
	apply: (event, reply) => (reply.e ? { messages: carryOut(reply.e, event.messages) } : undefined),
};

/** @type {Adapter} */
const BOUNDARY = {
	payload: keeping("context"),
	handles: (event) => ({ context: () => event.context }),
	apply: PLAIN.apply,
};

/** @type {Record<string, Adapter>} */
const ADAPTERS = {
	context: MESSAGES,
	context_with_system: MESSAGES,
	turn_end: BOUNDARY,
	agent_before_settle: BOUNDARY,
	agent_end: {
		payload: MESSAGES.payload,
		handles: MESSAGES.handles,
		apply: PLAIN.apply,
	},
	session_before_compact: {
		payload: keeping("preparation", "branchEntries"),
		handles: (event) => ({
			preparation: () => withLists(event.preparation),
			branchEntries: part(event.branchEntries),
		}),
		apply: PLAIN.apply,
	},
	session_before_tree: {
		payload: keeping("preparation"),
		handles: (event) => ({ preparation: () => event.preparation }),
		apply: PLAIN.apply,
	},
	tool_call: {
		payload: PLAIN.payload,
		apply: (event, reply) => {
			if (reply.i) putOnto(event.input, reply.i.input);
			return withoutNulls(reply.a);
		},
	},
	before_provider_headers: {
		payload: PLAIN.payload,
		apply: (event, reply) => {
			if (reply.i) putOnto(event.headers, reply.i.headers);
		},
	},
	before_provider_request: { payload: PLAIN.payload, apply: (_event, reply) => reply.i?.payload },
	before_agent_start: {
		payload: PLAIN.payload,
		apply: (event, reply, bridge) => {
			if (reply.i) putOnto(event.systemPromptOptions, reply.i.systemPromptOptions);
			const { messages = [], ...answer } = reply.a ?? {};
			// pi takes one message from a listener; the others are handed over by listeners of their own.
			bridge.overflow = messages.slice(1);
			if (messages.length > 0) answer.message = messages[0];
			return withoutNulls(answer);
		},
	},
	project_trust: {
		payload: PLAIN.payload,
		apply: (_event, reply) => withoutNulls(reply.a) ?? { trusted: "undecided" },
	},
};

/**
 * @param {string} name
 * @returns {Adapter}
 */
export function adapterFor(name) {
	return ADAPTERS[name] ?? PLAIN;
}

/**
 * What of a per-token event is sent: never what grows with the message.
 *
 * @param {string} name
 * @param {any} event
 */
export function streamPayload(name, event) {
	if (name !== "message_update") return PLAIN.payload(event);
	const { partial: _, ...delta } = event.assistantMessageEvent;
	return { assistantMessageEvent: delta };
}

/** @param {string[]} staying names of members that stay here */
function keeping(...staying) {
	return (/** @type {any} */ event) => {
		/** @type {Record<string, any>} */
		const payload = {};
		for (const key in event) {
			if (key === "type" || key === "signal") continue;
			payload[key] = staying.includes(key) ? true : event[key];
		}
		return payload;
	};
}

/** @param {any[]} list */
function part(list) {
	return (/** @type {number | null} */ start, /** @type {number | null} */ stop) =>
		list.slice(start ?? 0, stop ?? list.length);
}

/**
 * Make the edited list out of pi's own objects: their identity is what tells pi that a message is still the same.
 *
 * @param {any[]} plan
 * @param {any[]} messages
 */
function carryOut(plan, messages) {
	return plan.flatMap((step) => {
		if (!Array.isArray(step)) return [step];
		const [index, other] = step;
		if (typeof other === "number") return messages.slice(index, other);
		putOnto(messages[index], other);
		return [messages[index]];
	});
}

/**
 * @param {any} live
 * @param {any} wanted
 */
function putOnto(live, wanted) {
	for (const key of Object.keys(live)) if (!(key in wanted)) delete live[key];
	Object.assign(live, wanted);
}

/** @param {any} answer */
function withoutNulls(answer) {
	if (!answer) return undefined;
	for (const key of Object.keys(answer)) if (answer[key] === null) delete answer[key];
	return answer;
}

/** @param {any} preparation */
function withLists(preparation) {
	const { fileOps } = preparation;
	if (!fileOps) return preparation;
	const lists = Object.fromEntries(
		Object.entries(fileOps).map(([key, value]) => [key, value instanceof Set ? [...value] : value]),
	);
	return { ...preparation, fileOps: lists };
}
