import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url)).replace(/[/\\]$/, "");
export const BENCH = `${ROOT}/bench`;
export const PEERS = `${BENCH}/peers`;

/** A new empty folder beside the sources: temporary folders of the system may lie in memory, where a flush costs nothing. */
export function makeDataDirectory(): string {
  const parent = `${BENCH}/.data`;
  mkdirSync(parent, { recursive: true });
  return mkdtempSync(`${parent}/run-`);
}

export function removeDataDirectory(directory: string): void {
  rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
}
