// Builds the published package: packages/perdure/src → packages/perdure/dist, as bundled JavaScript with declarations and source maps.
import { copyFileSync, existsSync } from "node:fs";
import { addDeclarations, buildCode } from "./lib/build-package.ts";
import { PACKAGE, ROOT } from "./lib/paths.ts";

// In a run of the gate it is there, and programs run from it.
if (process.env.TESTS_RUN_DIST === undefined) await buildCode();
await addDeclarations();
for (const page of ["README.md", "LICENSE"]) {
  if (existsSync(`${ROOT}/${page}`)) copyFileSync(`${ROOT}/${page}`, `${PACKAGE}/${page}`);
}
