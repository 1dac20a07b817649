import { execFile } from "node:child_process";
import { globSync, statSync } from "node:fs";
import { join } from "node:path";
import { fault } from "../../errors/perdure-error.ts";
import type { AzureManifest } from "../recognise.ts";
import { entryPoints } from "./entry-points.ts";

/** Why the app has to be built before it can be loaded; null: it need not. Only an app with a `build` script is ever built. */
export function whyBuild(manifest: AzureManifest): string | null {
  const { folder, main, hasBuild } = manifest;
  if (!hasBuild || main === null) return null;
  if (entryPoints(manifest).length === 0) return `there is no file by "main": ${JSON.stringify(main)}`;
  const output = outputFolder(main);
  if (output === null) return null; // its files are the sources
  const below = (path: string) => path === output || path.startsWith(`${output}/`);
  const sources = newest(folder, "**/*.{ts,mts,cts,tsx}", (path) => !below(path));
  const built = newest(join(folder, output), "**/*", () => true);
  return sources.ms > built.ms ? `${sources.path} is newer than what is in ${output}` : null;
}

/** The first folder of a glob: `dist` of `dist/src/functions/*.js`. */
function outputFolder(main: string): string | null {
  const [first = "", ...rest] = main.replace(/^\.\//, "").split("/");
  return rest.length === 0 || /[*?{[]/.test(first) || first === "src" ? null : first;
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

const MOST_OUTPUT = 4_000;

/** `npm run build` in the app's folder, as `npm start` of an Azure app does. Throws APP_NOT_BUILT with what it said. */
export function buildApp(folder: string, why: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const npm = process.platform === "win32" ? "npm.cmd" : "npm";
    execFile(npm, ["run", "build"], { cwd: folder, shell: process.platform === "win32" }, (error, out, err) => {
      if (error === null) return resolve();
      reject(fault("APP_NOT_BUILT", folder, why, `${out}${err}`.trim().slice(-MOST_OUTPUT)));
    });
  });
}
