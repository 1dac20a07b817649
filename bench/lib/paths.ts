import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url)).replace(/[/\\]$/, "");
export const BENCH = `${ROOT}/bench`;
export const PEERS = `${BENCH}/peers`;

/** Beside the sources: temporary folders of the system may lie in memory, where a flush costs nothing. */
export const DATA = `${BENCH}/.data`;

/** A new empty folder on the disk that is measured. */
export function makeDataDirectory(): string {
  mkdirSync(DATA, { recursive: true });
  return mkdtempSync(`${DATA}/run-`);
}

export function removeDataDirectory(directory: string): void {
  rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
}

/** The file of a store URL `file:…`. */
export const fileOf = (storeUrl: string): string => storeUrl.slice("file:".length);
