import type { EngineLog } from "./engine-log.ts";
import { peopleLog } from "./people-log.ts";
import { stderrLine } from "./stderr-line.ts";

/** Where a hub in a program writes unless it is told otherwise: lines for people on standard error. */
export function stderrLog(): EngineLog {
  let people: EngineLog | null = null;
  return {
    enabled: () => true,
    write(entry) {
      people ??= peopleLog({
        level: "debug",
        colour: process.stderr.isTTY === true && process.stderr.hasColors(),
        write: (text) => stderrLine(text.trimEnd()),
        now: () => new Date(),
      });
      people.write(entry);
    },
  };
}
