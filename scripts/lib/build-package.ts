import { chmodSync, cpSync, existsSync, rmSync, statSync } from "node:fs";
import { buildConsole } from "../../packages/console/build.ts";
import { bundle } from "./bundle.ts";
import { typedEntries } from "./entry-points.ts";
import { PACKAGE } from "./paths.ts";
import { publishedTypes } from "./published-types.ts";
import { reachableTypes } from "./reachable-types.ts";

/** Files that the code reads at run time (SQL migrations, static pages) travel with it; sources become JavaScript instead. */
function isAsset(path: string): boolean {
  return statSync(path).isDirectory() || !/\.(ts|md)$/.test(path);
}

/** `dist` with all that runs: 0.4 s of processor time. */
export async function buildCode(): Promise<void> {
  rmSync(`${PACKAGE}/dist`, { recursive: true, force: true });
  await bundle(`${PACKAGE}/src`, `${PACKAGE}/dist`);
  cpSync(`${PACKAGE}/src`, `${PACKAGE}/dist`, { recursive: true, filter: isAsset });
  await buildConsole();
  const command = `${PACKAGE}/dist/cli/main.js`;
  if (existsSync(command)) chmodSync(command, 0o755);
}

export async function addDeclarations(): Promise<void> {
  const folder = await publishedTypes();
  const entries = typedEntries().map(({ file }) => file);
  for (const file of reachableTypes(folder, entries))
    for (const name of [file, `${file}.map`]) cpSync(`${folder}/${name}`, `${PACKAGE}/dist/${name}`);
}

/** For the programs that tests start. When it fails they run from the sources, and the test of the package says why. */
export async function buildForTests(): Promise<void> {
  try {
    await buildCode();
    process.env.TESTS_RUN_DIST = "1";
  } catch {
    delete process.env.TESTS_RUN_DIST;
  }
}
