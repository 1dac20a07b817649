import { relative } from "node:path";
import type { EngineLog, LogEntry } from "../../telemetry/engine-log.ts";

/** What `perdure dev` says. On a terminal the sentence has all that the fields have. */
export class DevLog {
  readonly #log: EngineLog;
  readonly #people: boolean;
  readonly #folder: string;

  constructor(log: EngineLog, people: boolean, folder: string) {
    this.#log = log;
    this.#people = people;
    this.#folder = folder;
  }

  say(level: LogEntry["level"], event: string, message: string, fields: LogEntry["fields"] = {}): void {
    this.#log.write({ level, event, message, fields: this.#people ? {} : fields });
  }

  /** Of several lines, which are one entry for programs. */
  sayLines(level: LogEntry["level"], event: string, lines: readonly string[], fields: LogEntry["fields"]): void {
    for (const line of this.#people ? lines : [lines.join("\n")]) this.say(level, event, line, fields);
  }

  /** As a person finds it: below the folder of the app. */
  shown(path: string): string {
    const below = relative(this.#folder, path);
    return below === "" || below.startsWith("..") ? path : below;
  }
}
