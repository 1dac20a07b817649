// Builds the published package: packages/perdure/src → packages/perdure/dist, as bundled JavaScript with declarations and source maps.
import { chmodSync, copyFileSync, cpSync, existsSync, rmSync, statSync } from "node:fs";
import { bundle } from "./lib/bundle.ts";
import { PACKAGE, ROOT } from "./lib/paths.ts";
import { run } from "./lib/run.ts";

/** Files that the code reads at run time (SQL migrations, static pages) travel with it; sources become JavaScript instead. */
function isAsset(path: string): boolean {
  return statSync(path).isDirectory() || !/\.(ts|md)$/.test(path);
}

async function build(): Promise<number> {
  rmSync(`${PACKAGE}/dist`, { recursive: true, force: true });
  const compiler = `${ROOT}/node_modules/typescript/bin/tsc`;
  const compiled = await run(process.execPath, [compiler, "-p", `${PACKAGE}/tsconfig.build.json`], { live: true });
  if (!compiled.ok) return 1;

  await bundle(`${PACKAGE}/src`, `${PACKAGE}/dist`);
  cpSync(`${PACKAGE}/src`, `${PACKAGE}/dist`, { recursive: true, filter: isAsset });
  const command = `${PACKAGE}/dist/cli/main.js`;
  if (existsSync(command)) chmodSync(command, 0o755);
  for (const page of ["README.md", "LICENSE"]) {
    if (existsSync(`${ROOT}/${page}`)) copyFileSync(`${ROOT}/${page}`, `${PACKAGE}/${page}`);
  }
  return 0;
}

process.exitCode = await build();
