import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { PROGRAM_OPTIONS } from "../../src/process/testing/programs.ts";

/** The load generator in a process of its own. SIGTERM lets it finish what it insists on. */
export interface Load {
  /** Rejects when it failed. */
  readonly ended: Promise<void>;
  readonly kill: (signal: NodeJS.Signals) => boolean;
}

/** Up to `pauseMs` pass between two things that one of its callers does; there are four callers a port. */
export function spawnLoad(ports: readonly number[], folder: string, seed: number, pauseMs = 10): Load {
  const script = fileURLToPath(new URL("./load.ts", import.meta.url));
  const origins = ports.map((port) => `http://127.0.0.1:${port}`).join(",");
  const child = spawn(process.execPath, [...PROGRAM_OPTIONS, script, origins, folder, String(seed), String(pauseMs)], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const ended = once(child, "exit").then(([code]) => assert.equal(code, 0, "the load generator failed"));
  ended.catch(() => {});
  return { ended, kill: (signal) => child.kill(signal) };
}
