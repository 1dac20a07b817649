import { ISOLATIONS } from "../app-threads/app-threads.ts";
import { DATE_EXAMPLES, parseDateText } from "../model/date-text.ts";
import { parseDuration } from "../model/duration.ts";
import { checkedVersion } from "../model/start-options.ts";
import type { RuntimeStatus } from "../model/status.ts";
import { RUNTIME_STATUSES, runtimeStatusNamed } from "../model/status.ts";
import { VERSION_FAILURES, VERSION_MATCHES } from "../model/versions.ts";
import { LOG_LEVELS } from "../telemetry/levels.ts";
import { consolePayloads } from "./console-payloads-option.ts";
import { maxConcurrent } from "./max-concurrent-option.ts";
import { metricsAddress } from "./metrics-address-option.ts";
import type { OptionSpec } from "./options.ts";
import { keeping, retention } from "./retention-option.ts";

export const text = (placeholder: string, help: string): OptionSpec<string> => ({
  kind: "text",
  placeholder,
  help,
  expected: "a value that is not empty",
  parse: (value) => (value === "" ? null : value),
});

/** A filter never counts as absent: one that cannot be read is an error. */
export const prefix = (help: string): OptionSpec<string> => ({
  ...text("TEXT", help),
  once: true,
  parse: (value) => (value.trim() === "" ? null : value),
});

/** Milliseconds since 1970. */
export const time = (help: string): OptionSpec<number> => ({
  kind: "text",
  placeholder: "TIME",
  help,
  once: true,
  expected: `a time such as ${DATE_EXAMPLES}`,
  parse: parseDateText,
});

export const statuses = (help: string): OptionSpec<readonly RuntimeStatus[]> => ({
  kind: "text",
  placeholder: "NAMES",
  help,
  once: true,
  expected: `names, separated by commas, among ${RUNTIME_STATUSES.join(", ")}`,
  parse: (value) => {
    const found = value.split(",").map(runtimeStatusNamed);
    const known = found.filter((status) => status !== null);
    return known.length < found.length ? null : [...new Set(known)];
  },
});

export const flag = (help: string): OptionSpec<boolean> => ({
  kind: "flag",
  placeholder: "",
  help,
  expected: "true or false",
  parse: (value) => (value === "true" ? true : value === "false" ? false : null),
});

export const wholeNumber = (placeholder: string, least: number, most: number, help: string): OptionSpec<number> => ({
  kind: "text",
  placeholder,
  help,
  expected: most === Number.MAX_SAFE_INTEGER ? `a whole number from ${least}` : `a whole number from ${least} to ${most}`,
  parse: (value) => (/^\d+$/.test(value) && Number(value) >= least && Number(value) <= most ? Number(value) : null),
});

const duration = (help: string): OptionSpec<number> => ({
  kind: "text",
  placeholder: "DURATION",
  help,
  expected: 'a duration such as "30s", "12h" or "7d"',
  parse: parseDuration,
});

/** For what must have time: nothing would ever be in time for 0. */
export const durationAboveZero = (help: string): OptionSpec<number> => ({
  ...duration(help),
  expected: 'a duration above 0, such as "500ms", "30s" or "1m"',
  parse: (value) => parseDuration(value) || null,
});

const origins = (help: string): OptionSpec<readonly string[]> => ({
  kind: "text",
  placeholder: "ORIGINS",
  help,
  expected: 'origins such as "https://app.example", separated by commas, or "*"',
  parse: (value) => {
    const found = value.split(",").map((origin) => origin.trim());
    return found.every((origin) => origin === "*" || (URL.canParse(origin) && new URL(origin).origin === origin)) ? found : null;
  },
});

export const choice = <Choice extends string>(placeholder: string, choices: readonly Choice[], help: string): OptionSpec<Choice> => ({
  kind: "text",
  placeholder,
  help,
  expected: `one of ${choices.join(", ")}`,
  parse: (value) => choices.find((one) => one === value) ?? null,
});

/** A setting of the machine: also read from the environment. */
const setting = <T>(spec: OptionSpec<T>): OptionSpec<T> => ({ ...spec, env: true });

const help = flag("show this help");

export const START_OPTIONS = {
  port: setting(wholeNumber("PORT", 0, 65_535, "port of the HTTP API; 0 takes a free one (default 7071)")),
  host: setting(text("ADDRESS", "address to listen on (default: the loopback addresses only); any other requires --key")),
  store: setting(text("STORE", "where the data are kept: file:PATH, postgres://…, or memory: for a trial (default file:perdure.db)")),
  "task-hub": setting(text("NAME", "name of the task hub in management URLs")),
  key: setting(text("KEY", "key that callers of the HTTP API must send (query parameter code, or header x-functions-key)")),
  "read-key": setting(text("KEY", "key that opens reading in the console, and nothing else; only beside --key")),
  otlp: setting(text("URL", "collector that gets traces by OTLP over HTTP, such as http://localhost:4318/v1/traces")),
  metrics: setting(flag("count what this host does, and answer GET /metrics for Prometheus")),
  "metrics-address": setting(metricsAddress("a second listener that has only /metrics and needs no key; implies --metrics")),
  "no-console": setting(flag("serve no console at /console/")),
  "console-payloads": setting(
    consolePayloads("what the console shows of inputs, outputs and events: show (default), hide, or redact=FIELDS"),
  ),
  cors: setting(origins("origins, separated by commas, whose pages may call the HTTP API")),
  "cors-credentials": setting(flag("these pages may send cookies and other credentials with their calls")),
  "forwarded-host": setting(flag("trust X-Forwarded-Host and X-Forwarded-Proto of a reverse proxy")),
  workers: setting(
    wholeNumber("N", 1, 1_024, "run N worker processes, watched and replaced by this one (default: the worker is this process)"),
  ),
  "no-worker": setting(flag("serve the HTTP API and client functions only; workers in other processes do the rest")),
  "app-threads": setting(
    wholeNumber(
      "N",
      0,
      64,
      "threads that run the app's code in each process that has it (default 1, and a spare when one is held; 0: none)",
    ),
  ),
  isolation: setting(
    choice(
      "KIND",
      ISOLATIONS,
      "process: each thread of the app is a process, for native add-ons that refuse threads or crash (default thread)",
    ),
  ),
  "app-memory": setting(wholeNumber("MB", 16, Number.MAX_SAFE_INTEGER, "heap of each thread of the app (default: as Node decides)")),
  retention: setting(
    retention(
      "finished instances are purged this long after their end: 30s, 12h, 7d (default: kept); also by status and orchestrator: 30d,Failed=90d,Nightly=1d",
    ),
  ),
  "audit-retention": setting(
    keeping("lines of the audit go this long after what they record, or forever (default: as finished instances, 1d at least; else 30d)"),
  ),
  "max-concurrent": setting(maxConcurrent("activities that run at once in each worker: in total (default 1000), or for each name")),
  "max-owned-instances": setting(wholeNumber("N", 1, Number.MAX_SAFE_INTEGER, "instances that each worker has in memory (default 20000)")),
  "function-not-found-after": setting(
    duration("a call to a function that no live worker has had for this long fails (default 30s, and at once with one worker)"),
  ),
  "accept-timeout": setting(
    durationAboveZero("a start, event or command that the store has not taken within this time is answered 503 (default 15s)"),
  ),
  "store-timeout": setting(duration("at the start an unreachable store is tried again for this long (default 30s)")),
  "drain-timeout": setting(duration("a stop waits this long for running activities (default 10s), and is over at most 5s later")),
  "max-payload-bytes": setting(
    wholeNumber("N", 1, Number.MAX_SAFE_INTEGER, "size of an input, result, event or custom status as JSON (default 33554432)"),
  ),
  "max-json-depth": setting(
    wholeNumber("N", 1, Number.MAX_SAFE_INTEGER, "nested levels of lists and objects that a value may have (default 1000)"),
  ),
  "max-body-bytes": setting(wholeNumber("N", 1, Number.MAX_SAFE_INTEGER, "size of a request body (default 33554432)")),
  "max-held-body-bytes": setting(
    wholeNumber("N", 1, Number.MAX_SAFE_INTEGER, "request bodies in memory at once, over all connections (default 268435456)"),
  ),
  "body-timeout": setting(durationAboveZero("a request body must arrive within this (default 1m)")),
  "code-version": setting(
    text("TEXT", "what distinguishes this code from other code, such as a commit (default: a hash of the app's files)"),
  ),
  "default-version": setting({
    ...text("TEXT", "version of orchestrators that have none of their own; recorded with their new instances"),
    parse: checkedVersion,
  }),
  "version-match-strategy": setting(
    choice("STRATEGY", VERSION_MATCHES, `versions of instances that are run: ${VERSION_MATCHES.join(", ")} (default None: all)`),
  ),
  "version-failure-strategy": setting(
    choice("STRATEGY", VERSION_FAILURES, "an instance in a version that no worker takes waits (Reject, the default) or fails (Fail)"),
  ),
  "log-level": setting(choice("LEVEL", LOG_LEVELS, `lowest level that is logged: ${LOG_LEVELS.join(", ")} (default info)`)),
  "function-log-level": setting(choice("LEVEL", LOG_LEVELS, "the same for what functions log with ctx.log (default: as --log-level)")),
  json: flag("structured lines also on a terminal, and an error as one JSON object on standard error"),
  help,
} as const;

const { workers: _workers, "no-worker": _noWorker, ...ofOneProcess } = START_OPTIONS;

/** The worker is in this process, and the app on threads: only there it can be loaded again. */
export const DEV_OPTIONS = {
  ...ofOneProcess,
  "app-threads": setting(wholeNumber("N", 1, 64, "threads that run the app's code (default 1, and a spare when one is held)")),
} as const;

/** Where a client command finds the task hub. */
export const TARGET_OPTIONS = {
  url: setting(text("URL", "a running host (default http://localhost:7071)")),
  store: setting(text("STORE", "the store itself, without a host: file:PATH or postgres://…")),
  key: setting(text("KEY", "key of the host, if it requires one")),
  json: flag("print the answer as JSON, and an error as one JSON object on standard error"),
  help,
} as const;

export const AUDIT_OPTIONS = {
  top: wholeNumber("N", 1, Number.MAX_SAFE_INTEGER, "at most this many lines, the newest first (default 100)"),
  ...TARGET_OPTIONS,
} as const;

export const RAISE_EVENT_OPTIONS = { input: text("JSON", "payload of the event"), ...TARGET_OPTIONS } as const;

export const AUDIT_REASON = text("TEXT", "the reason, which is kept in the audit");

export const REASON_OPTIONS = { reason: text("TEXT", "the reason, which is kept in the history"), ...TARGET_OPTIONS } as const;

export const TERMINATE_OPTIONS = { recursive: flag("terminate its sub-orchestrations too, and theirs"), ...REASON_OPTIONS } as const;

export const ENTITIES_OPTIONS = {
  input: text("JSON", "of signal: the input of the operation"),
  reason: text("TEXT", "of skip and purge: the reason, which is kept in the audit; of skip also in the failure and in the log"),
  from: time("of list: last operation at or after this time (2026-01-31, 2026-01-31T12:00:00Z; UTC unless it says otherwise)"),
  to: time("of list: last operation at or before this time"),
  state: flag("of list: their states too"),
  empty: flag("of list: those without a state too: they are locked, have something waiting, or are about to go"),
  top: wholeNumber("N", 1, Number.MAX_SAFE_INTEGER, "of list and locks: at most this many (default 100)"),
  ...TARGET_OPTIONS,
} as const;

/** The store itself: these commands ask no host. */
const STORE_OPTIONS = {
  store: setting(text("STORE", "the store: file:PATH or postgres://… (default file:perdure.db)")),
  json: TARGET_OPTIONS.json,
  help,
} as const;

export const EXPORT_OPTIONS = {
  status: statuses("only these runtime statuses, separated by commas, in any case"),
  prefix: prefix("only instance ids that begin with this"),
  from: time("only instances created at or after this time (2026-01-31, 2026-01-31T12:00:00Z; UTC unless it says otherwise)"),
  to: time("only instances created at or before this time"),
  ...STORE_OPTIONS,
} as const;

export const BACKUP_OPTIONS = STORE_OPTIONS;

export const IMPORT_OPTIONS = STORE_OPTIONS;

export const COPY_OPTIONS = { json: TARGET_OPTIONS.json, help } as const;

export const OPEN_STATUSES: readonly RuntimeStatus[] = ["Pending", "Running", "Suspended"];

/** Also "open" for all that have not ended, and "all". */
const statusesOrAll = (help: string): OptionSpec<readonly RuntimeStatus[]> => {
  const named = statuses(help);
  const parse = (value: string) => {
    if (value === "all") return RUNTIME_STATUSES;
    return value === "open" ? OPEN_STATUSES : named.parse(value);
  };
  return { ...named, expected: `open, all, or ${named.expected}`, parse };
};

export const REPLAY_CHECK_OPTIONS = {
  from: {
    ...text(
      "STORE|EXPORT",
      "what was recorded: a store (file:PATH, postgres://…), or a file or folder that perdure export has written (default file:perdure.db)",
    ),
    once: true,
  },
  name: { ...text("NAME", "only instances of this orchestrator"), once: true },
  status: statusesOrAll("only these runtime statuses, separated by commas; open, all (default: open of a store, all of an export)"),
  sample: wholeNumber("N", 1, Number.MAX_SAFE_INTEGER, "at most N instances of each orchestrator and version"),
  "default-version": START_OPTIONS["default-version"],
  "version-match-strategy": START_OPTIONS["version-match-strategy"],
  json: TARGET_OPTIONS.json,
  help,
} as const;

export const CHECK_OPTIONS = { json: TARGET_OPTIONS.json, help } as const;

export const VERIFY_OPTIONS = {
  store: setting(text("STORE", "the store, instead of the argument: file:PATH or postgres://… (default file:perdure.db)")),
  json: TARGET_OPTIONS.json,
  help,
} as const;
