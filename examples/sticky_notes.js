// Draws the notes of sticky_notes.py.

/** @param {any} pi pi's extension API */
export default function (pi) {
	pi.registerMessageRenderer("sticky-note", (/** @type {any} */ message, /** @type {any} */ _options, /** @type {any} */ theme) => ({
		render: (/** @type {number} */ width) => frame(message.content, Math.max(12, Math.min(width, 60)), theme),
		invalidate: () => {},
	}));
}

/**
 * @param {string} text
 * @param {number} width in columns
 * @param {any} theme
 * @returns {string[]} lines
 */
function frame(text, width, theme) {
	const inner = width - 4;
	const lines = wrap(text, inner).map((line) => `│ ${line.padEnd(inner)} │`);
	return [`┌${"─".repeat(width - 2)}┐`, ...lines, `└${"─".repeat(width - 2)}┘`].map((line) => theme.fg("warning", line));
}

/**
 * @param {string} text
 * @param {number} width in columns
 */
function wrap(text, width) {
	const lines = [""];
	for (const word of text.split(/\s+/)) {
		const last = lines[lines.length - 1];
		if (last && last.length + 1 + word.length > width) lines.push(word.slice(0, width));
		else lines[lines.length - 1] = (last ? `${last} ${word}` : word).slice(0, width);
	}
	return lines;
}
