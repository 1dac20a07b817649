import type { ClosableLog } from "../telemetry/closable-log.ts";
import type { LogLevel } from "../telemetry/levels.ts";

/** `people`: lines for a terminal, else one JSON object a line. */
export interface LogStyle {
  readonly people: boolean;
  readonly colour: boolean;
}

export interface LogTarget extends LogStyle {
  readonly write: (text: string) => void;
  /** Part of every structured entry; on a terminal the line itself says it. */
  readonly fields: { readonly [key: string]: unknown };
}

/** `ready` is called once the host answers: what a cold start does not need is loaded then. */
export async function openLog(
  { people, colour, write, fields }: LogTarget,
  level: LogLevel,
): Promise<{ readonly log: ClosableLog; readonly ready: () => Promise<void> }> {
  if (people) {
    const { peopleLog } = await import("../telemetry/people-log.ts");
    return { log: peopleLog({ level, colour, write, now: () => new Date() }), ready: async () => {} };
  }
  const { pinoLog } = await import("../telemetry/pino-log.ts");
  const log = pinoLog({ level, fd: 1 });
  const numbered: ClosableLog = { ...log, write: (entry) => log.write({ ...entry, fields: { ...fields, ...entry.fields } }) };
  return { log: Object.keys(fields).length === 0 ? log : numbered, ready: () => log.load() };
}
