// The page works without this; it adds details, folding and the keyboard. Text is only ever set as text, never as HTML.
(() => {
	const spans = JSON.parse(document.getElementById("spans").textContent);
	const rows = [...document.querySelectorAll(".row")];
	const aside = document.querySelector("aside");
	let chosen = -1;
	let pinned = false;

	const shown = () => rows.filter((row) => !row.hidden);
	const depth = (row) => Number(row.getAttribute("aria-level"));
	const make = (tag, text, name) => {
		const made = document.createElement(tag);
		made.textContent = text;
		if (name) made.className = name;
		return made;
	};

	const pretty = (value) => {
		if (typeof value !== "string" || !/^[[{]/.test(value)) return String(value);
		try {
			return JSON.stringify(JSON.parse(value), null, 2);
		} catch {
			return value;
		}
	};

	const tell = (index) => {
		const span = spans[index];
		const facts = document.createElement("dl");
		for (const [name, value] of span.facts) {
			const text = pretty(value);
			const fact = document.createElement("div");
			fact.append(make("dt", name), make("dd", text, text.length > 120 || text.includes("\n") ? "long" : ""));
			facts.append(fact);
		}
		const parts = [make("h2", span.name), make("p", span.when)];
		if (span.error) parts.push(make("p", span.error, "bad"));
		aside.replaceChildren(...parts, facts);
	};

	const choose = (row, { focus = true } = {}) => {
		if (!row) return;
		if (chosen >= 0) rows[chosen].setAttribute("aria-selected", "false");
		chosen = rows.indexOf(row);
		row.setAttribute("aria-selected", "true");
		for (const other of rows) other.tabIndex = other === row ? 0 : -1;
		if (focus) {
			row.focus({ preventScroll: true });
			row.scrollIntoView({ block: "nearest" });
		}
		tell(chosen);
	};

	const fold = (row, open) => {
		if (!row.hasAttribute("aria-expanded")) return;
		row.setAttribute("aria-expanded", String(open));
		const hidden = [];
		for (const below of rows.slice(rows.indexOf(row) + 1)) {
			if (depth(below) <= depth(row)) break;
			while (hidden.length > 0 && hidden.at(-1) >= depth(below)) hidden.pop();
			below.hidden = !open || hidden.length > 0;
			if (below.getAttribute("aria-expanded") === "false") hidden.push(depth(below));
		}
	};
	const foldAll = (open) => {
		for (const row of rows) if (open || row.classList.contains("turn") || depth(row) === 1) fold(row, open);
		if (chosen >= 0 && rows[chosen].hidden) choose(shown()[0]);
	};

	const step = (by) => {
		const list = shown();
		const at = list.indexOf(rows[chosen]);
		choose(list[Math.min(Math.max(at + by, 0), list.length - 1)]);
	};
	const failure = (by) => {
		const bad = rows.filter((row) => row.classList.contains("failed"));
		const next = by > 0 ? bad.find((row) => rows.indexOf(row) > chosen) : bad.findLast((row) => rows.indexOf(row) < chosen);
		const found = next ?? bad.at(by > 0 ? 0 : -1);
		if (!found) return;
		for (const row of rows) if (row.hasAttribute("aria-expanded") && rows.indexOf(row) < rows.indexOf(found)) fold(row, true);
		choose(found);
	};
	const outwards = (row) => {
		if (row.getAttribute("aria-expanded") === "true") return fold(row, false);
		choose(rows.slice(0, rows.indexOf(row)).findLast((other) => depth(other) < depth(row)));
	};
	const inwards = (row) => (row.getAttribute("aria-expanded") === "false" ? fold(row, true) : step(1));
	const theme = () => {
		const dark = getComputedStyle(document.documentElement).colorScheme === "dark" || (!document.documentElement.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
		document.documentElement.dataset.theme = dark ? "light" : "dark";
	};

	const keys = {
		ArrowDown: () => step(1), j: () => step(1), ArrowUp: () => step(-1), k: () => step(-1),
		Home: () => choose(shown()[0]), End: () => choose(shown().at(-1)),
		PageDown: () => step(15), PageUp: () => step(-15),
		ArrowLeft: () => outwards(rows[chosen]), h: () => outwards(rows[chosen]),
		ArrowRight: () => inwards(rows[chosen]), l: () => inwards(rows[chosen]),
		n: () => failure(1), N: () => failure(-1), t: theme,
		c: () => foldAll(false), o: () => foldAll(true), Escape: () => { pinned = false; },
	};
	document.addEventListener("keydown", (event) => {
		if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key] || event.target.tagName === "BUTTON" && event.key.length > 1) return;
		event.preventDefault();
		pinned = true;
		keys[event.key]();
	});
	for (const row of rows) {
		row.addEventListener("mouseenter", () => pinned || choose(row, { focus: false }));
		row.addEventListener("click", (event) => {
			if (event.target.tagName === "I") fold(row, row.getAttribute("aria-expanded") !== "true");
			pinned = rows[chosen] !== row || !pinned;
			choose(row);
		});
	}
	document.getElementById("theme").addEventListener("click", theme);
	document.getElementById("open").addEventListener("click", () => foldAll(true));
	document.getElementById("close").addEventListener("click", () => foldAll(false));
	choose(shown()[0], { focus: false });
})();
