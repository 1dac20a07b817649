import type { ChildProcessByStdio } from "node:child_process";
import { spawn } from "node:child_process";
import { globSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { isTypeScript } from "../../app-threads/source-names.ts";
import { fault } from "../../errors/perdure-error.ts";
import { timeWords } from "../../errors/time-words.ts";
import { runAfter } from "../../process/timers.ts";
import type { AzureManifest } from "../recognise.ts";
import { isUnfinished, markBuild, unmarkBuild } from "./build-mark.ts";
import { buildOutput } from "./build-output.ts";
import { entryPoints, outputFolder } from "./entry-points.ts";

/** Why the app has to be built before it can be loaded; null: it need not. Only an app with a `build` script is ever built. */
export function whyBuild(manifest: AzureManifest): string | null {
  const { folder, main, hasBuild } = manifest;
  if (!hasBuild || main === null) return null;
  const files = entryPoints(manifest);
  if (files.length === 0) return `there is no file by "main": ${JSON.stringify(main)}`;
  const output = outputFolder(main);
  if (output === null || files.every(isTypeScript)) return null; // its files are the sources
  const below = (path: string) => path === output || path.startsWith(`${output}/`);
  const sources = newest(folder, "**/*.{ts,mts,cts,tsx}", (path) => !below(path));
  const built = newest(join(folder, output), "**/*", () => true);
  if (sources.ms > built.ms) return `${sources.path} is newer than what is in ${output}`;
  return isUnfinished(join(folder, output), built.ms) ? `the last build into ${output} has not succeeded` : null;
}

function newest(cwd: string, pattern: string, counts: (path: string) => boolean): { readonly path: string; readonly ms: number } {
  let found = { path: "", ms: 0 };
  for (const path of globSync(pattern, { cwd, exclude: (name) => name === "node_modules" || name.startsWith(".") })) {
    if (!counts(path) || path.endsWith(".d.ts")) continue;
    const stats = statSync(join(cwd, path), { throwIfNoEntry: false });
    if (stats?.isFile() === true && stats.mtimeMs > found.ms) found = { path, ms: stats.mtimeMs };
  }
  return found;
}

const MOST_OUTPUT = 262_144;
const LIMIT_MS = 10 * 60_000;

/** Builds the app. Where that does not succeed, what it has written is not taken for the app: it is built again at the next start. */
export async function buildOnce({ folder, main }: AzureManifest, why: string): Promise<void> {
  const first = outputFolder(main ?? "");
  const output = first === null ? null : join(folder, first);
  if (output !== null) markBuild(output, Date.now() + LIMIT_MS);
  try {
    await buildApp(folder, why);
  } catch (error) {
    if (output !== null) markBuild(output, Date.now());
    throw error;
  }
  if (output !== null) unmarkBuild(output);
}

/** `npm run build` in the app's folder, as `npm start` of an Azure app does. Rejects with APP_NOT_BUILT, which has what matters of what it said. */
export function buildApp(folder: string, why: string, limitMs = LIMIT_MS): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = startBuild(folder);
    let said = "";
    const hear = (chunk: string): void => {
      said = (said + chunk).slice(-MOST_OUTPUT);
    };
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", hear);
    const over = [
      runAfter(limitMs, () => {
        endGroup(child);
        failed(`did not end within ${timeWords(limitMs)}, as a script that watches its sources never does`);
      }),
      endedWithThisProcess(child),
    ];
    const failed = (how: string): void => {
      for (const cancel of over) cancel();
      reject(fault("APP_NOT_BUILT", folder, why, how, buildOutput(said)));
    };
    child.once("error", (error) => failed(`could not be started: ${error.message}`));
    child.once("close", (code, signal) => {
      if (code !== 0) return failed(code === null ? `was ended by ${signal}` : `ended with code ${code}`);
      for (const cancel of over) cancel();
      resolve();
    });
  });
}

type Build = ChildProcessByStdio<null, Readable, Readable>;
const IS_WINDOWS = process.platform === "win32";

/** In a group of its own: npm does not hand on every signal to what its scripts have started. */
function startBuild(cwd: string): Build {
  return spawn(IS_WINDOWS ? "npm.cmd" : "npm", ["run", "build"], {
    ...{ cwd, shell: IS_WINDOWS, detached: !IS_WINDOWS },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

function endGroup({ pid }: Build): void {
  try {
    if (pid !== undefined) process.kill(IS_WINDOWS ? pid : -pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}

/** A signal to this process, of a terminal too, does not reach that group. What the signal does here it does where nothing else listens for it. */
function endedWithThisProcess(child: Build): () => void {
  const onSignal = (signal: NodeJS.Signals): void => {
    cancel();
    child.removeAllListeners("close");
    endGroup(child);
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  const cancel = (): void => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.off(signal, onSignal);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, onSignal);
  return cancel;
}
