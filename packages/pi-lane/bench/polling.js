// The peer that lanes are measured against: a lock made by mkdir, polled every 25 ms, taken before the prompt and given back
// after the run. Nothing but the hand-over is the same: there is no queue, no epoch, and nobody clears up after a crash.

import { mkdirSync, rmdirSync } from "node:fs";

/** @param {any} pi */
export default function (pi) {
	const lock = `${process.env.LANE_BENCH_LOCK}`;
	let mine = false;
	pi.on("input", async (/** @type {any} */ _event, /** @type {any} */ ctx) => {
		while (!mine) {
			try {
				mkdirSync(lock);
				mine = true;
			} catch {
				await new Promise((resolve) => setTimeout(resolve, 25));
			}
		}
		ctx.sessionManager.setSessionFile(ctx.sessionManager.getSessionFile());
	});
	pi.on("agent_settled", () => {
		if (mine) rmdirSync(lock);
		mine = false;
	});
}
