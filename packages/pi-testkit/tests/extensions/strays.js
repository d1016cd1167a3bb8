// Leaves processes behind in sessions of their own: one with pi's environment, one with an empty one.
import { spawn } from "node:child_process";

export default (pi) => {
  pi.on("session_start", () => {
    spawn("sleep", ["601"], { detached: true, stdio: "ignore" }).unref();
    spawn("/bin/sleep", ["602"], { detached: true, stdio: "ignore", env: {} }).unref();
  });
};
