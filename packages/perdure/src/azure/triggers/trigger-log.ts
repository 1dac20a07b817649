import type { EngineLog, LogEntry } from "../../telemetry/engine-log.ts";
import { Repeated } from "../../telemetry/repeated.ts";
import { errorText } from "../../telemetry/value-text.ts";

/** Lines about one source of triggers. That its service is away is said the first, second, fourth … time, and when it is back. */
export class TriggerLog {
  readonly #log: EngineLog;
  readonly #source: string;
  readonly #fields: LogEntry["fields"];
  readonly #repeated = new Repeated();
  #isAway = false;

  /** `source`: for messages, as `the queue "orders" of the function "Order"`. */
  constructor(log: EngineLog, source: string, fields: LogEntry["fields"]) {
    this.#log = log;
    this.#source = source;
    this.#fields = fields;
  }

  unavailable(error: unknown): void {
    this.#isAway = true;
    const why = errorText(error);
    if (this.#repeated.isDue(why))
      this.warn("trigger.unavailable", `cannot be read: ${why}. It is tried again; everything else continues.`);
  }

  available(): void {
    if (!this.#isAway) return;
    this.#isAway = false;
    this.#repeated.end();
    this.#write("info", "trigger.available", "can be read again.");
  }

  warn(event: string, message: string, fields: LogEntry["fields"] = {}): void {
    this.#write("warn", event, message, fields);
  }

  #write(level: "info" | "warn", event: string, message: string, fields: LogEntry["fields"] = {}): void {
    if (!this.#log.enabled(level)) return;
    this.#log.write({ level, event, message: `${upperFirst(this.#source)} ${message}`, fields: { ...this.#fields, ...fields } });
  }
}

const upperFirst = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);
