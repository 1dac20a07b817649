import { closeSync, openSync, statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { fault, faultFrom, PerdureError } from "../../errors/perdure-error.ts";
import { errorText } from "../../telemetry/value-text.ts";

export interface Place {
  /** There is a write-ahead log beside the file. */
  readonly hadLog: boolean;
}

/** Looks at the place before SQLite does: it would make a new database beside the log of an old one, and drop that. Makes the file when it is missing. */
export function preparePlace(path: string): Place {
  try {
    refuseBadFolder(path);
    const file = statSync(path, { throwIfNoEntry: false });
    const log = statSync(`${path}-wal`, { throwIfNoEntry: false });
    if (file !== undefined && !file.isFile()) {
      throw fault("STORE_UNREADABLE", path, file.isDirectory() ? "it is a directory" : "it is not a file");
    }
    if (file !== undefined && file.size > 0 && file.size < SMALLEST_DATABASE) throw fault("STORE_FOREIGN", path);
    const isEmpty = file === undefined || file.size === 0;
    if (isEmpty && log !== undefined && log.size > 0) throw fault("STORE_LOG_ORPHANED", path);
    if (file === undefined) closeSync(openSync(path, "a", OWNER_ONLY)); // SQLite would let others read it; its log takes the rights of the file
    return { hadLog: log !== undefined };
  } catch (error) {
    if (error instanceof PerdureError) throw error;
    throw faultFrom(error, "STORE_UNREADABLE", path, reasonOf(error));
  }
}

/** One page of the smallest size. SQLite takes less for an empty file, and would write over it. */
const SMALLEST_DATABASE = 512;
const OWNER_ONLY = 0o600;

const REASONS: { readonly [code: string]: string } = {
  EACCES: "this process has no right to do so",
  EPERM: "this process has no right to do so",
  EROFS: "its file system is read-only",
  ENOSPC: "its disk is full",
  EDQUOT: "the disk quota is used up",
  ENAMETOOLONG: "its name is too long",
  ELOOP: "its links lead in a circle",
};

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return REASONS[code] ?? errorText(error);
}

/** File systems of other machines (statfs magic numbers): their locks and shared memory do not hold what SQLite's log needs. */
const NETWORK_FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xff534d42, "CIFS"],
  [0xfe534d42, "SMB2"],
  [0x5346414f, "AFS"],
  [0x00c36400, "Ceph"],
  [0x0bd00bd0, "Lustre"],
  [0x47504653, "GPFS"],
]);

function refuseBadFolder(path: string): void {
  const folder = dirname(path);
  if (!isFolder(folder)) throw fault("STORE_FOLDER_MISSING", path, folder);
  const network = NETWORK_FILE_SYSTEMS.get(statfsSync(folder).type >>> 0);
  if (network !== undefined) throw fault("STORE_ON_NETWORK", path, network);
}

/** A part of the path that is a file (ENOTDIR) is not a folder either. */
function isFolder(folder: string): boolean {
  try {
    return statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOTDIR") return false;
    throw error;
  }
}
