import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const BLOCK = 4_096;

/** A disk of its own in memory; null where this process may not mount one. */
export function mountDisk(size: string): { readonly path: string; readonly close: () => void } | null {
  const path = mkdtempSync(join(tmpdir(), "perdure-disk-"));
  const close = () => {
    spawnSync("umount", [path]);
    rmSync(path, { recursive: true, force: true });
  };
  if (spawnSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", path]).status === 0) return { path, close };
  rmSync(path, { recursive: true, force: true });
  return null;
}

/** Leaves `room` bytes on the disk of the file. */
export function fill(file: string, room: number): void {
  rmSync(file, { force: true });
  const handle = openSync(file, "w");
  const left = () => {
    const { bavail, bsize } = statfsSync(file);
    return bavail * bsize - room;
  };
  try {
    for (let bytes = left(); bytes >= BLOCK; bytes = left()) writeSync(handle, Buffer.alloc(Math.min(bytes, 1 << 20)));
  } catch {
    // another process took the rest
  } finally {
    closeSync(handle);
  }
}
