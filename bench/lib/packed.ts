import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { npm } from "./npm.ts";
import { ROOT } from "./paths.ts";

/** Compiles packages/perdure to its dist: what users run. The scenarios that measure a process from its start use it. */
export async function buildPackage(say: (line: string) => void): Promise<void> {
  say("Building packages/perdure …");
  await npm(["run", "--silent", "build"], ROOT);
}

export interface InstalledPackage {
  /** Remove it when done. */
  readonly directory: string;
  readonly cli: string;
}

/** The packed tarball in an empty folder outside the repository, so that nothing of ours is found by accident. */
export async function installPacked(say: (line: string) => void): Promise<InstalledPackage> {
  await buildPackage(say);
  say("Packing and installing it in an empty folder …");
  const directory = mkdtempSync(join(tmpdir(), "perdure-cold-start-"));
  const tarballs = join(directory, "tarballs");
  mkdirSync(tarballs);
  await npm(["pack", "--silent", "--pack-destination", tarballs], join(ROOT, "packages/perdure"));
  const tarball = readdirSync(tarballs).find((name) => name.endsWith(".tgz"));
  if (tarball === undefined) throw new Error(`npm pack left no tarball in ${tarballs}`);
  writeFileSync(join(directory, "package.json"), JSON.stringify({ name: "cold-start", private: true, type: "module" }));
  await npm(["install", "--prefix", directory, "--no-audit", "--no-fund", join(tarballs, tarball)], directory);
  return { directory, cli: join(directory, "node_modules/perdure/dist/cli/main.js") };
}
