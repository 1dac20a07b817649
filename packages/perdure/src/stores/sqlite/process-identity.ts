import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** By which another process on the same machine can tell for certain that this one is gone. */
export interface ProcessIdentity {
  /** Host name, boot and process-id namespace: a pid means nothing outside of these. */
  readonly machine: string;
  readonly pid: number;
  /** Start time in ticks since boot; null where the system does not say. */
  readonly started: string | null;
}

export function ownIdentity(): ProcessIdentity {
  return { machine: machineName(), pid: process.pid, started: startOf(process.pid) };
}

function machineName(): string {
  const boot = attempt(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim());
  const pids = attempt(() => readlinkSync("/proc/self/ns/pid"));
  return `${hostname()} ${boot} ${pids}`;
}

/** True only when it is certain; false when it runs, or when this process cannot know. */
export function isProvenDead(identity: ProcessIdentity): boolean {
  if (identity.machine !== machineName()) return false;
  if (identity.pid === process.pid && identity.started === startOf(process.pid)) return false;
  if (!exists(identity.pid)) return true;
  const started = startOf(identity.pid);
  return started !== null && identity.started !== null && started !== identity.started;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}

/** Field 22 of /proc/PID/stat; the name before it may hold blanks and parentheses. A zombie's process is gone. */
function startOf(pid: number): string | null {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, "latin1"));
  if (stat === "") return null;
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" ? "zombie" : (fields[19] ?? null);
}

function attempt(read: () => string): string {
  try {
    return read();
  } catch {
    return ""; // not on this system
  }
}
