import { globSync } from "node:fs";
import { ROOT } from "./paths.ts";

/** Where our code and its tests live. `dist` is not among them: compiled copies are never run as tests. */
const CODE_FOLDERS = ["packages/*/src", "packages/*/test", "examples", "bench", "scripts", "test"];

function find(suffix: string): string[] {
  const patterns = CODE_FOLDERS.map((folder) => `${folder}/**/*${suffix}`);
  const exclude = (path: string) => /(^|[/\\])(node_modules|dist|peers)([/\\]|$)/.test(path);
  const found = globSync(patterns, { cwd: ROOT, exclude }).map((path) => path.replaceAll("\\", "/"));
  return found.sort();
}

/** Every TypeScript file of ours, tests included. */
export function findSources(): string[] {
  return find(".ts");
}

/** Every test file of the gate. `*.full.test.ts` holds what is too long for it. */
export function gateTests(): string[] {
  return find(".test.ts").filter((file) => !file.endsWith(".full.test.ts"));
}

/** Long kills, soaks and full matrices: `npm run check:full` only. */
export function fullTests(): string[] {
  return find(".full.test.ts");
}

/** The few tests that also run on the oldest supported Node. */
export function smokeTests(): string[] {
  return find(".smoke.test.ts");
}
