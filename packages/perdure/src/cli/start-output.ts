import { isBuiltIn } from "../errors/built-in-names.ts";
import type { HttpFunction } from "../functions/http.ts";
import type { Schedule } from "../functions/schedule.ts";
import { parseDuration } from "../model/duration.ts";
import type { FunctionKind, FunctionNames } from "../model/function-kind.ts";
import { KINDS } from "../model/function-kind.ts";
import { sameName } from "../model/function-name.ts";
import { versionText } from "../model/versions.ts";
import { visible } from "../model/visible-text.ts";
import type { RetentionOptions } from "../task-hub/retention-option.ts";
import type { EngineLog } from "../telemetry/engine-log.ts";

export interface Started {
  readonly version: string;
  readonly url: string;
  readonly managementUrl: string;
  /** Null: it has none. */
  readonly consoleUrl: string | null;
  readonly storeLocation: string;
  readonly retention: RetentionOptions | undefined;
  /** Worker processes; null: the worker is this process. */
  readonly workers: number | null;
  readonly names: FunctionNames;
  /** Of the app, of each name the newest first. */
  readonly orchestrators: readonly { readonly name: string; readonly version: string | null }[];
  readonly http: readonly HttpFunction[];
  /** First segment of their paths. */
  readonly routePrefix: string;
  readonly schedules: readonly Pick<Schedule, "name" | "spec">[];
  /** Since the process began. */
  readonly milliseconds: number;
}

/** `DurableFunction_HttpStart: [GET,POST] http://localhost:7071/api/DurableFunction_HttpStart`: fit for a browser's address bar. */
export function httpLines({ http, url, routePrefix }: Started): readonly string[] {
  const below = routePrefix === "" ? url : `${url}/${routePrefix}`;
  return http.map((one) => `${one.name}: [${one.methods.join(",")}] ${below}/${one.route}`);
}

function otherLines({ names, orchestrators, schedules }: Started): readonly string[] {
  const lineOf = (name: string, kind: FunctionKind) =>
    `${name}: ${kind}${kind === "orchestrator" ? versionsText(name, orchestrators) : ""}`;
  return [
    ...KINDS.flatMap((kind) => names[kind].filter((name) => !isBuiltIn(name)).map((name) => lineOf(name, kind))),
    ...schedules.map(({ name, spec }) => `${name}: ${spec.starts === null ? "timer" : "schedule"} ${spec.cron} ${spec.timeZone}`),
  ];
}

function versionsText(name: string, orchestrators: Started["orchestrators"]): string {
  const [newest = null, ...older] = orchestrators.filter((one) => one.name === name).map(({ version }) => version);
  if (older.length > 0) return `, versions ${versionText(newest)} (of new instances), ${older.map(versionText).join(", ")}`;
  return newest === null ? "" : `, version ${versionText(newest)}`;
}

/** What a person sees on a terminal, in one piece. */
export function startText(started: Started): string {
  const http = httpLines(started);
  const others = otherLines(started);
  const indented = (lines: readonly string[]) => lines.map((line) => `    ${visible(line)}\n`).join("");
  return [
    `Perdure ${started.version}\n`,
    http.length === 0 ? "" : `\nHTTP functions:\n\n${indented(http)}`,
    others.length === 0 ? "" : `\nFunctions:\n\n${indented(others)}`,
    `\nStore:          ${visible(started.storeLocation)}\n`,
    `Retention:      ${visible(retentionText(started.retention, started.names.orchestrator))}\n`,
    started.workers === null ? "" : `Workers:        ${workersText(started.workers)}\n`,
    started.consoleUrl === null ? "" : `Console:        ${started.consoleUrl}\n`,
    `Management API: ${started.managementUrl}\n`,
    `Started in ${Math.round(started.milliseconds)} ms. Press Ctrl+C to stop.\n\n`,
  ].join("");
}

const workersText = (workers: number) =>
  workers === 0 ? "none in this process" : workers === 1 ? "1 child process" : `${workers} child processes`;

/** How long finished instances stay, in the order of the option. A misspelled status would be taken for an orchestrator: what the app lacks is marked. */
export function retentionText(retention: RetentionOptions | undefined, orchestrators: readonly string[]): string {
  const { default: all, perFunction = {}, audit, archive: _, ...byStatus } = retention ?? {};
  const isThere = (name: string) => orchestrators.some((one) => sameName(one, name));
  const parts = [
    ...(all === undefined ? [] : [keepText(all)]),
    ...Object.entries(byStatus).map(([status, keeps]) => `${status} ${keepText(keeps)}`),
    ...Object.entries(perFunction).map(
      ([name, keeps]) => `${name} ${keepText(keeps)}${isThere(name) ? "" : " (no orchestrator of this app)"}`,
    ),
  ];
  const kept = parts.length === 0 ? "finished instances are kept; --retention 30d purges them" : parts.join(", ");
  return audit === undefined ? kept : `${kept}; audit ${keepText(audit)}`;
}

/** The largest unit in which it is a whole number. */
function keepText(keeps: unknown): string {
  const ms = parseDuration(keeps);
  if (ms === null) return "forever";
  const [unit = "ms", size = 1] = UNITS.find(([, each]) => ms % each === 0) ?? [];
  return `${ms / size}${unit}`;
}

const UNITS = [["d", 86_400_000] as const, ["h", 3_600_000] as const, ["m", 60_000] as const, ["s", 1_000] as const];

/** The same as structured lines. */
export function logStart(log: EngineLog, started: Started): void {
  const say = (event: string, message: string, fields: { readonly [key: string]: unknown } = {}) =>
    log.write({ level: "info", event, message, fields });
  const http = httpLines(started);
  const others = otherLines(started);
  for (const line of [...http, ...others]) say("host.function", line);
  say("host.store", `Store: ${started.storeLocation}`, { store: started.storeLocation });
  say("host.retention", `Retention: ${retentionText(started.retention, started.names.orchestrator)}`);
  if (started.workers !== null) say("host.workers", `Workers: ${workersText(started.workers)}`, { workers: started.workers });
  if (started.consoleUrl !== null) say("host.console", `Console: ${started.consoleUrl}`, { url: started.consoleUrl });
  say("host.management", `Management API: ${started.managementUrl}`, { url: started.managementUrl });
  say("host.started", `Perdure ${started.version} started in ${Math.round(started.milliseconds)} ms`, {
    version: started.version,
    url: started.url,
    milliseconds: Math.round(started.milliseconds),
  });
}
