// Leaves a process behind in a session of its own.
import { spawn } from "node:child_process";

export default (pi) => {
  pi.on("session_start", () => {
    spawn("sleep", ["601"], { detached: true, stdio: "ignore" }).unref();
  });
};
