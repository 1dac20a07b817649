import type { FSWatcher } from "node:fs";
import { watch } from "node:fs";
import { join } from "node:path";
import { realClock } from "../../process/real-time.ts";
import { runAfter } from "../../process/timers.ts";
import type { AppFiles } from "./app-tree.ts";
import { appTree, changedFiles, isAppFile, statsOf } from "./app-tree.ts";

/** After the last change: an editor writes a file in several steps, and a checkout many files. */
const SETTLE_MS = 100;
/** After the first one, however many follow. */
const LONGEST_MS = 1_000;
/** Where the system watches no more folders. */
const POLL_MS = 1_000;

export interface AppWatchParts {
  /** Folder of the app, or a file in it; absolute. */
  readonly app: string;
  changed(paths: readonly string[]): void;
  /** Folders cannot be watched: they are read once a second. */
  polls(error: unknown): void;
}

/**
 * Says when files of an app have changed. Each of its folders is watched by itself: `fs.watch` of a whole tree cannot leave out `node_modules` (decision 68). What a
 * watcher says is only a reason to look: what counts is that a file is another than at the last look.
 */
export class AppWatch {
  readonly #parts: AppWatchParts;
  readonly #watchers = new Map<string, FSWatcher>();
  #files: AppFiles;
  #since: number | null = null;
  #cancel: () => void = () => {};
  #isPolling = false;

  constructor(parts: AppWatchParts) {
    this.#parts = parts;
    this.#files = this.#look();
  }

  /** What has changed since it was last told or taken. */
  take(): readonly string[] {
    const before = this.#files;
    this.#files = this.#look();
    return changedFiles(before, this.#files);
  }

  close(): void {
    this.#cancel();
    this.#isPolling = false;
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #look(): AppFiles {
    const { folders, files } = appTree(this.#parts.app);
    const there = new Set(folders);
    for (const [folder, watcher] of this.#watchers) if (!there.has(folder)) this.#drop(folder, watcher);
    for (const folder of folders) if (!this.#watchers.has(folder)) this.#watch(folder);
    return files;
  }

  #watch(folder: string): void {
    if (this.#isPolling) return;
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => this.#heard(folder, name));
      watcher.on("error", () => this.#drop(folder, watcher)); // it is gone
      this.#watchers.set(folder, watcher);
    } catch (error) {
      this.#poll(error);
    }
  }

  #drop(folder: string, watcher: FSWatcher): void {
    watcher.close();
    this.#watchers.delete(folder);
  }

  #poll(error: unknown): void {
    this.#isPolling = true;
    this.#parts.polls(error);
    const again = () => {
      if (!this.#isPolling) return;
      this.#tell();
      runAfter(POLL_MS, again, false);
    };
    runAfter(POLL_MS, again, false);
  }

  #heard(folder: string, name: string | null): void {
    if (name !== null && !isAppFile(name) && !this.#isFolder(join(folder, name))) return; // a store may be written here all the time
    const now = realClock.monotonicMs();
    this.#since ??= now;
    this.#cancel();
    this.#cancel = runAfter(Math.max(0, Math.min(SETTLE_MS, this.#since + LONGEST_MS - now)), () => this.#tell(), false);
  }

  #isFolder(path: string): boolean {
    return this.#watchers.has(path) || statsOf(path)?.isDirectory() === true;
  }

  #tell(): void {
    this.#since = null;
    const changed = this.take();
    if (changed.length > 0) this.#parts.changed(changed);
  }
}
