import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Summary } from "./summary.ts";
import type { StoreKind } from "./world.ts";

/** What a seed is run as: a whole cluster life, or a recovery after deaths. */
export type SeedRun = "cluster" | "recovery";

/** What one process of its own is asked for. */
export interface ChildTask {
  readonly from: number;
  readonly seeds: number;
  readonly store: StoreKind;
  readonly run: SeedRun;
  readonly plant: string | null;
  /** Ends with the first seed that fails. */
  readonly stopAtFirst: boolean;
}

const ENTRY = fileURLToPath(new URL("./child-main.ts", import.meta.url));

/** Runs seeds in another process: several at once use several cores, and a planted fault stays in there. */
export function runInChild(task: ChildTask, limitMs: number): Promise<Summary> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...process.execArgv, ENTRY, JSON.stringify(task)], { stdio: ["ignore", "pipe", "pipe"] });
    const out: string[] = [];
    const complaints: string[] = [];
    child.stdout.setEncoding("utf8").on("data", (text: string) => out.push(text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => complaints.push(text));
    const tooLong = setTimeout(() => child.kill("SIGKILL"), limitMs);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(tooLong);
      if (code === 0) resolve(JSON.parse(out.join("")) as Summary);
      else reject(new Error(`the process for seeds from ${task.from} ended with ${signal ?? code}: ${complaints.join("").slice(-2_000)}`));
    });
  });
}
