import { readFileSync } from "node:fs";
import { hostname, uptime } from "node:os";
import { nodeCrypto } from "../process/node-crypto.ts";
import type { LogEntry } from "../telemetry/engine-log.ts";
import type { ClockNews, Clocks } from "./steady-time.ts";
import { GREATEST_SLEW, SteadyTime } from "./steady-time.ts";

/** `os.uptime()` is CLOCK_BOOTTIME on Linux, which counts while the machine sleeps; `performance.now()` is CLOCK_MONOTONIC, which does not. */
export const systemClocks: Clocks = {
  wall: () => Date.now(),
  monotonic: () => performance.now(),
  uptime() {
    try {
      return uptime() * 1_000;
    } catch {
      return null;
    }
  },
};

let boot: number | null = null;

/**
 * A number for this boot of this machine (48 bits): the head of the random id that Linux gives it. Where the system has no name for it, one for the machine:
 * uptimes tell boots apart mostly.
 */
export function bootNumber(): number {
  boot ??= Number.parseInt(bootId().replaceAll("-", "").slice(0, 12), 16) || hashed(hostname());
  return boot;
}

const hashed = (text: string): number => nodeCrypto().createHash("sha256").update(text).digest().readUIntBE(0, 6);

function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return "";
  }
}

/** Store time of a store that lives in one process. */
export function steadySystemTime(say: (entry: LogEntry) => void): () => number {
  const time = new SteadyTime(systemClocks, Date.now(), (news) => say(clockEntry(news)));
  return () => time.now();
}

export function clockEntry({ stepMs, aheadMs }: ClockNews): LogEntry {
  const step = stepMs === 0 ? [] : [`The system clock was set ${stepMs > 0 ? "forward" : "back"} by ${seconds(stepMs)}.`];
  const isApart = Math.abs(aheadMs) >= 1_000;
  const hours = Math.abs(aheadMs) / GREATEST_SLEW / 3_600_000;
  const where = isApart
    ? `Store time does not follow at once: it is ${seconds(aheadMs)} ${aheadMs > 0 ? "behind" : "ahead of"} the system clock, and approaches it by ${GREATEST_SLEW * 100} %, for about ${hours.toFixed(1)} hours.`
    : "Store time agrees with the system clock.";
  const level = isApart || stepMs !== 0 ? "warn" : "info";
  return { level, event: "store.clock", message: [...step, where].join(" "), fields: { stepMs, aheadMs } };
}

const seconds = (ms: number) => `${Math.round(Math.abs(ms) / 100) / 10} s`;
