import { lstatSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { fault } from "../errors/perdure-error.ts";

/** A store as people type it: a plain path means a file. */
export const storeUrl = (text: string): string => (/^[a-z][a-z-]+:/i.test(text) ? text : `file:${text}`);

/** Where `perdure start` keeps its data unless told otherwise, and so where other commands look. */
export const DEFAULT_STORE = "file:perdure.db";

/** For commands that work on the store itself, without a host. */
export function storeItself(where: string, option: string, store: string = DEFAULT_STORE): string {
  if (!storeUrl(store).startsWith("memory:")) return store;
  throw fault("OPTION_INVALID", where, option, store, "file:PATH or postgres://…: an in-memory store is in its host alone");
}

/** For commands that look at a store: one that does not exist is an error, where opening it would make an empty one. */
export function existingStoreUrl(text: string, cwd: string): string {
  const url = storeUrl(text);
  if (!url.startsWith("file:")) return url;
  const path = url.startsWith("file://") ? fileURLToPath(url) : resolve(cwd, url.slice("file:".length));
  // A log without its file is an error of the store's own, as is a place that may not be read.
  if (isMissing(path) && isMissing(`${path}-wal`)) throw fault("STORE_MISSING", path);
  return `file:${path}`;
}

function isMissing(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) === undefined;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ENOTDIR";
  }
}
