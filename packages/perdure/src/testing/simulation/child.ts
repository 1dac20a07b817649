import { execFile, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Summary } from "./summary.ts";
import type { StoreKind } from "./world.ts";

/** What a seed is run as: a whole cluster life, or a recovery after deaths. */
export type SeedRun = "cluster" | "recovery";

/** What one process of its own is asked for. */
export interface ChildTask {
  readonly from: number;
  readonly seeds: number;
  /** A seed that is run before those: the one that found a planted fault last time. */
  readonly before: number | null;
  readonly store: StoreKind;
  readonly run: SeedRun;
  readonly plant: string | null;
  /** Ends with the first seed that fails. */
  readonly stopAtFirst: boolean;
}

const SOURCES = new URL("../../", import.meta.url);
const PUT_PLANT = new URL("../plants/put-plant.ts", import.meta.url);

/** An assertion of the test, or one of it and one of its `using`. */
const FAILED = /code: 'ERR_ASSERTION'|name: 'SuppressedError'/;

/** The first assertion that fails when the file is run with the plant in it, or null when all pass. Rejects when the file cannot be run. */
export function failureOfTest(plant: string, test: string, limitMs: number): Promise<string | null> {
  const file = fileURLToPath(new URL(test, SOURCES));
  const options = [...process.execArgv, "--import", `${PUT_PLANT.href}?${plant}`, "--test-reporter=tap", file];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, options, { timeout: limitMs }, (error, output, complaints) => {
      const failure = /error: ['"|]?-?\s*(.+)/.exec(output)?.[1];
      if (error === null) resolve(null);
      else if (FAILED.test(output)) resolve(failure ?? "an assertion failed");
      else reject(new Error(`${test} could not be run: ${complaints || output}`));
    });
  });
}

const ENTRY = fileURLToPath(new URL("./child-main.ts", import.meta.url));

/** What the process says when something ends it, and which seed it was in then. */
export const endedInSeed = (seed: number): string => `It ended in seed ${seed}.`;

export function endedAt(complaints: string): number | null {
  const seed = /It ended in seed (\d+)\./.exec(complaints)?.[1];
  return seed === undefined ? null : Number(seed);
}

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
