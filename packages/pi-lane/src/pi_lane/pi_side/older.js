// What older pis need: 0.74.2 sends the conversation it has in memory, not that of the session, and never tells that a run
// has settled.

/**
 * @param {string} version such as "1.5.2"
 * @param {string} wanted
 */
export function isSince(version, wanted) {
	const [have, need] = [version, wanted].map((text) => text.split(".").map(Number));
	const at = need.findIndex((part, place) => have[place] !== part);
	return at < 0 || have[at] > need[at];
}

/**
 * The messages of a request, with what other terminals said before this run.
 *
 * @param {any} manager pi's session manager, which stands at the lane's head
 * @param {any[]} messages what pi would send
 */
export function withOthers(manager, messages) {
	const all = manager.buildSessionContext().messages;
	const own = messages.findLastIndex((message) => message.role === "user");
	if (own < 0) return all;
	const known = all.findLastIndex((/** @type {any} */ message) => isSame(message, messages[own]));
	return [...(known < 0 ? all : all.slice(0, known)), ...messages.slice(own)];
}

/**
 * Two terminals may say something in the same millisecond.
 *
 * @param {any} one
 * @param {any} other
 */
function isSame(one, other) {
	return (
		one.role === other.role &&
		one.timestamp === other.timestamp &&
		JSON.stringify(one.content) === JSON.stringify(other.content)
	);
}
