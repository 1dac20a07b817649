import { cpSync, mkdirSync, symlinkSync, utimesSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT } from "../../../../../scripts/lib/paths.ts";
import { Folder } from "../../../src/cli/testing/spawn-cli.ts";
import type { Release } from "./releases.ts";

export interface AzureFiles {
  readonly sdk?: Release;
  readonly files: { readonly [path: string]: string };
  readonly host?: unknown;
  readonly local?: unknown;
  readonly manifest?: { readonly [key: string]: unknown };
}

/** The folder of an Azure app as it is after `npm install`. */
export function azureFolder({ sdk = "durable-functions", files, host = { version: "2.0" }, local, manifest = {} }: AzureFiles): Folder {
  const folder = new Folder();
  folder.write("package.json", JSON.stringify({ name: "app", main: "src/*.js", ...manifest }));
  folder.write("host.json", typeof host === "string" ? host : JSON.stringify(host));
  if (local !== undefined) folder.write("local.settings.json", typeof local === "string" ? local : JSON.stringify(local));
  for (const [path, text] of Object.entries(files)) folder.write(path, text);
  link(folder, "@azure/functions", "@azure/functions");
  link(folder, sdk, "durable-functions");
  return folder;
}

/** One of `examples/azure` in a folder of its own, not built: tests beside each other build it at the same time. `main`: other entry files than its own. */
export function exampleFolder(name: string, main: string | null = null): Folder {
  const folder = new Folder();
  const isOwn = (path: string) => !/[\\/](?:dist|node_modules)$/.test(path);
  cpSync(join(ROOT, "examples/azure", name), folder.path, { recursive: true, filter: isOwn });
  symlinkSync(join(ROOT, "node_modules"), join(folder.path, "node_modules"));
  if (main !== null) folder.write("package.json", JSON.stringify({ main }));
  return folder;
}

function link(folder: Folder, installed: string, name: string): void {
  const path = join(folder.path, "node_modules", name);
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(join(ROOT, "node_modules", installed), path);
}

/** An app that has not been built, with this as its build script: a program of its own, in place of a compiler. */
export const unbuilt = (script: string): Folder =>
  azureFolder({ files: { "build.cjs": script }, manifest: { main: "dist/*.js", scripts: { build: "node build.cjs" } } });

/** A build script that writes its output in spite of errors, as tsc does. It ends when there is no file "wait", and fails if there is one "wrong". */
export const CARELESS = `
const { existsSync, mkdirSync, writeFileSync } = require("node:fs");
mkdirSync("dist", { recursive: true });
writeFileSync("dist/a.js", "");
const end = () => (existsSync("wait") ? setTimeout(end, 20) : (process.exitCode = existsSync("wrong") ? 2 : 0));
end();
`;
export const UNFINISHED = "the last build into dist has not succeeded";

/** As if it was written so many seconds ago. */
export function makeOld(path: string, seconds: number): void {
  const time = Date.now() / 1_000 - seconds;
  utimesSync(path, time, time);
}
