// Starts a process in a session of its own and with an empty environment.
import { spawn } from "node:child_process";

export default (pi) => {
  pi.on("session_start", () => {
    spawn("/bin/sleep", ["602"], { detached: true, stdio: "ignore", env: {} }).unref();
  });
};
