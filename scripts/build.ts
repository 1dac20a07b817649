// Builds the published package: packages/perdure/src → packages/perdure/dist, as bundled JavaScript with declarations and source maps.
import { chmodSync, copyFileSync, cpSync, existsSync, rmSync, statSync } from "node:fs";
import { bundle } from "./lib/bundle.ts";
import { PACKAGE, ROOT } from "./lib/paths.ts";
import { publishedTypes } from "./lib/published-types.ts";

/** Files that the code reads at run time (SQL migrations, static pages) travel with it; sources become JavaScript instead. */
function isAsset(path: string): boolean {
  return statSync(path).isDirectory() || !/\.(ts|md)$/.test(path);
}

async function build(): Promise<void> {
  rmSync(`${PACKAGE}/dist`, { recursive: true, force: true });
  cpSync(await publishedTypes(), `${PACKAGE}/dist`, { recursive: true });
  await bundle(`${PACKAGE}/src`, `${PACKAGE}/dist`);
  cpSync(`${PACKAGE}/src`, `${PACKAGE}/dist`, { recursive: true, filter: isAsset });
  const command = `${PACKAGE}/dist/cli/main.js`;
  if (existsSync(command)) chmodSync(command, 0o755);
  for (const page of ["README.md", "LICENSE"]) {
    if (existsSync(`${ROOT}/${page}`)) copyFileSync(`${ROOT}/${page}`, `${PACKAGE}/${page}`);
  }
}

await build();
