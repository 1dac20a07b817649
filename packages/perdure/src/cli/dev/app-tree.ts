import type { Stats } from "node:fs";
import { statSync } from "node:fs";
import { isSource, walkApp } from "../app-sources.ts";

/** Files of an app by path, each with what changes when it is written. */
export type AppFiles = ReadonlyMap<string, string>;

export interface AppTree {
  readonly folders: readonly string[];
  readonly files: AppFiles;
}

const SETTINGS = /^(?:host|local\.settings|tsconfig)\.json$/;

/** A file by whose content an app is another one: its code, its manifests, the settings of an Azure app. */
export const isAppFile = (name: string): boolean => isSource(name) || SETTINGS.test(name);

/** `app`: its folder, or a file in it; absolute. */
export function appTree(app: string): AppTree {
  const folders: string[] = [];
  const files = new Map<string, string>();
  for (const { kind, path } of walkApp(app, isAppFile)) {
    if (kind === "folder") folders.push(path);
    else files.set(path, stampOf(path));
  }
  return { folders, files };
}

function stampOf(path: string): string {
  const stats = statsOf(path);
  return stats === null ? "" : `${stats.mtimeMs}:${stats.size}`;
}

/** Null: it is gone, or a link that leads nowhere, or in a circle. */
export function statsOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

/** Written, new or gone. */
export function changedFiles(before: AppFiles, now: AppFiles): readonly string[] {
  const written = [...now].flatMap(([path, stamp]) => (before.get(path) === stamp ? [] : [path]));
  return [...written, ...[...before.keys()].filter((path) => !now.has(path))];
}
