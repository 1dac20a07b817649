import { statSync } from "node:fs";

/** Device and inode: which file it is, whatever its name. */
type FileIdentity = string;

export interface FileTrouble {
  /** The file of the database itself, or a file beside it (its log, the memory that its processes share). */
  readonly what: "database" | "beside";
  /** Gone, or another file has its name. */
  readonly how: "missing" | "replaced";
  readonly path: string;
}

/**
 * Watches that the names of the database's files still mean the files that are open. A file that was deleted or replaced takes every write and keeps none
 * once the process ends; SQLite itself does not notice. Three looks at the folder cost about 10 µs.
 */
export class FileWatch {
  readonly #paths: readonly [database: string, log: string, index: string];
  readonly #known: (FileIdentity | null)[] = [null, null, null];

  constructor(path: string) {
    this.#paths = [path, `${path}-wal`, `${path}-shm`];
  }

  /** The connection is closed, and may have been the last one, which takes the files beside it along. */
  forgetBeside(): void {
    this.#known[1] = null;
    this.#known[2] = null;
  }

  /** What is seen for the first time is taken for the open file. */
  trouble(): FileTrouble | null {
    for (const [index, path] of this.#paths.entries()) {
      const current = identityOf(path);
      const known = this.#known[index] ?? null;
      if (known === null) this.#known[index] = current;
      else if (current !== known) {
        return { what: index === 0 ? "database" : "beside", how: current === null ? "missing" : "replaced", path };
      }
    }
    return null;
  }
}

export const troubleText = ({ how, path }: FileTrouble): string =>
  `The file "${path}" was ${how === "missing" ? "deleted or moved" : "replaced by another one"} while this process had it open`;

/** Null also where the file may no longer be read. */
function identityOf(path: string): FileIdentity | null {
  try {
    const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
    return stat === undefined ? null : `${stat.dev}:${stat.ino}`;
  } catch {
    return null;
  }
}
