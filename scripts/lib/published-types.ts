import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync, renameSync, rmSync } from "node:fs";
import { PACKAGE, ROOT } from "./paths.ts";
import { run } from "./run.ts";

/** Beside `dist`, since source maps have relative paths; git-ignored. */
const NAME = ".declarations-";

/**
 * The folder with the declarations of the package as they are published. They are made once for each state of the sources, since the build and the check of
 * the public surface both need them; and not checked here, which `npm run types` does: the compiler takes half of the processor time then.
 */
export async function publishedTypes(): Promise<string> {
  const state = stateOfSources();
  const folder = `${PACKAGE}/${NAME}${state}`;
  if (existsSync(folder)) return folder;
  // Those of other states; of this one another process may be making them.
  const old = globSync(`${NAME}*`, { cwd: PACKAGE }).filter((name) => !name.startsWith(`${NAME}${state}`));
  for (const name of old) rmSync(`${PACKAGE}/${name}`, { recursive: true, force: true });
  const made = `${folder}-${process.pid}`;
  const compiler = `${ROOT}/node_modules/typescript/bin/tsc`;
  const options = ["-p", `${PACKAGE}/tsconfig.build.json`, "--noCheck", "--singleThreaded", "--outDir", made];
  // Collecting its garbage a quarter as often, and parsing on one thread: 1.6 s of processor time in place of 2.5.
  const compiled = await run(process.execPath, [compiler, ...options], { env: { ...process.env, GOGC: "400" } });
  if (!compiled.ok) throw new Error(`The declarations cannot be made:\n${compiled.output}`);
  try {
    renameSync(made, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error; // else another process was quicker
    rmSync(made, { recursive: true, force: true });
  }
  return folder;
}

function stateOfSources(): string {
  const files = [
    ...globSync("src/**/*.ts", { cwd: PACKAGE }).map((file) => `${PACKAGE}/${file}`),
    ...[`${PACKAGE}/tsconfig.build.json`, `${PACKAGE}/package.json`, `${ROOT}/tsconfig.base.json`, `${ROOT}/package.json`],
  ];
  const hash = createHash("sha256");
  for (const file of files.sort()) hash.update(file).update(readFileSync(file));
  return hash.digest("hex").slice(0, 16);
}
