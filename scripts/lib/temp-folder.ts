import { chmodSync, mkdtempSync, readdirSync, rmSync, statfsSync } from "node:fs";
import { join } from "node:path";

/** A file system in memory that every Linux has. */
const IN_MEMORY = "/dev/shm";
/** A run leaves some 500 MB there at its fullest. */
const ROOM_BYTES = 2 * 1_024 ** 3;

/**
 * Temporary files of all processes of a run go to a folder in memory, where there is one with room: some thousand databases are made in a gate, and
 * each of their commits would wait for the disk. What a crash of the machine would lose is nothing that a test can look at: they kill processes.
 * A `TMPDIR` that is set stays. Gives what removes the folder.
 */
export function useFastTempFolder(): () => void {
  if (process.env.TMPDIR !== undefined || !hasRoom()) return () => {};
  removeAbandoned();
  const folder = mkdtempSync(join(IN_MEMORY, `${NAME}${process.pid}-`));
  chmodSync(folder, 0o755); // as root, PostgreSQL runs as another user
  process.env.TMPDIR = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}

const NAME = "perdure-gate-";

/** Of runs that were killed. */
function removeAbandoned(): void {
  for (const name of readdirSync(IN_MEMORY).filter((one) => one.startsWith(NAME))) {
    if (!isAlive(Number.parseInt(name.slice(NAME.length), 10))) rmSync(join(IN_MEMORY, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM"; // another user's
  }
}

function hasRoom(): boolean {
  try {
    const { bavail, bsize } = statfsSync(IN_MEMORY);
    return bavail * bsize >= ROOM_BYTES;
  } catch {
    return false;
  }
}
