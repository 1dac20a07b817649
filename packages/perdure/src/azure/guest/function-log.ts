import type { LogEntry } from "../../telemetry/engine-log.ts";
import type { CoreLogCategory, CoreLogLevel } from "./core-types.ts";
import { CORE_LOG_LEVELS } from "./core-types.ts";
import type { AzureGuestSettings } from "./guest-settings.ts";

const ORDER: readonly string[] = CORE_LOG_LEVELS;
const OURS: { readonly [level in CoreLogLevel]: LogEntry["level"] | null } = {
  trace: "debug",
  debug: "debug",
  information: "info",
  warning: "warn",
  error: "error",
  critical: "error",
  none: null,
};

/** Decides which lines of functions are written: of the categories that host.json names, the longest one that fits counts, then `default`. */
export class FunctionLog {
  readonly #levels: readonly (readonly [category: string, least: number])[];
  /** Of categories that were asked for: those of the app's functions. */
  readonly #least = new Map<string, number>();
  readonly #write: (entry: LogEntry) => void;

  constructor(levels: AzureGuestSettings["logLevels"], write: (entry: LogEntry) => void) {
    this.#levels = Object.entries(levels)
      .map(([category, level]) => [category.toLowerCase(), ORDER.indexOf(level.toLowerCase())] as const)
      .sort(([one], [other]) => other.length - one.length);
    this.#write = write;
  }

  isEnabled(category: string, level: CoreLogLevel): boolean {
    let least = this.#least.get(category);
    if (least === undefined) {
      least = this.#leastOf(category.toLowerCase());
      this.#least.set(category, least);
    }
    return ORDER.indexOf(level) >= least;
  }

  #leastOf(category: string): number {
    const fits = ([name]: readonly [string, number]) => category === name || category.startsWith(`${name}.`);
    return (this.#levels.find(fits) ?? this.#levels.find(([name]) => name === "default"))?.[1] ?? 0;
  }

  /** A line of a function, or of the libraries and the host about it. */
  write(name: string, level: CoreLogLevel, category: CoreLogCategory, message: string, fields: LogEntry["fields"]): void {
    const ours = OURS[level];
    if (ours === null || !this.isEnabled(category === "user" ? `Function.${name}.User` : `Function.${name}`, level)) return;
    this.#write({ level: ours, event: category === "user" ? "function.log" : "function.system", message, fields });
  }
}
