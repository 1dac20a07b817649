import { existsSync, readdirSync, rmSync } from "node:fs";
import { ROOT } from "./paths.ts";
import { runNode } from "./run.ts";

const FOLDER = `${ROOT}/node_modules/.cache/perdure-compile`;
/** A run leaves some 1,500 files. More than this, and most are of sources in temporary folders that are gone. */
const ENOUGH = 10_000;

/**
 * Every process that the gate starts, the processes of its tests included, takes compiled code from one folder: Node keeps it by path and checks
 * it against the source. Hundreds of processes start in a gate, and without this each spends half a second of processor time on the same files.
 */
export async function shareCompiledCode(): Promise<void> {
  if (process.env.NODE_COMPILE_CACHE === undefined) {
    if (existsSync(FOLDER) && readdirSync(FOLDER, { recursive: true }).length > ENOUGH) rmSync(FOLDER, { recursive: true, force: true });
    process.env.NODE_COMPILE_CACHE = FOLDER;
  }
  // A process that is killed leaves nothing behind. When this one fails, so will what it loads, and there the reason is said.
  await runNode(["scripts/lib/warm-up.ts"]);
}
