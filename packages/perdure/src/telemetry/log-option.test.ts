import assert from "node:assert/strict";
import { test } from "node:test";
import { pino } from "pino";
import type { LogEntry } from "./engine-log.ts";
import { LOG_LEVELS } from "./levels.ts";
import type { HubLogs, LogOption } from "./log-option.ts";
import { parseLogOption } from "./log-option.ts";
import type { Logger } from "./logger.ts";

const LEVELS = ["debug", "info", "warn", "error"] as const;
const entry = (level: LogEntry["level"]): LogEntry => ({ level, event: "a.b", message: "said", fields: { id: 7 } });
const enabled = ({ log, functionLog }: HubLogs) => [
  LEVELS.filter((level) => log.enabled(level)),
  LEVELS.filter((level) => functionLog.enabled(level)),
];

function keeping(): Logger & { readonly calls: unknown[][] } {
  const calls: unknown[][] = [];
  const keep =
    (level: string) =>
    (...args: readonly unknown[]) =>
      calls.push([level, ...args]);
  return { calls, debug: keep("debug"), info: keep("info"), warn: keep("warn"), error: keep("error") };
}

test("levels: warnings of the engine and lines of functions by default, one level for both, or each apart", () => {
  const loudest = [...LEVELS];
  const table: readonly (readonly [LogOption | undefined, unknown])[] = [
    [
      undefined,
      [
        ["warn", "error"],
        ["info", "warn", "error"],
      ],
    ],
    [false, [[], []]],
    ["silent", [[], []]],
    ["error", [["error"], ["error"]]],
    ["debug", [loudest, loudest]],
    [
      {},
      [
        ["warn", "error"],
        ["info", "warn", "error"],
      ],
    ],
    [{ engine: "silent" }, [[], ["info", "warn", "error"]]],
    [{ functions: "debug" }, [["warn", "error"], loudest]],
    [{ engine: "info", functions: "error", to: keeping() }, [["info", "warn", "error"], ["error"]]],
    [
      keeping(),
      [
        ["warn", "error"],
        ["info", "warn", "error"],
      ],
    ],
    [
      console,
      [
        ["warn", "error"],
        ["info", "warn", "error"],
      ],
    ],
    [
      { enabled: (level) => level !== "debug", write: () => {} },
      [
        ["info", "warn", "error"],
        ["info", "warn", "error"],
      ],
    ],
    [{ engine: "error", to: { enabled: () => true, write: () => {} } }, [["error"], loudest]],
  ];
  for (const [given, expected] of table) assert.deepEqual(enabled(parseLogOption("here", given)), expected);
});

test("what is not a log is refused in words, by the name of the option", () => {
  const refused: readonly (readonly [unknown, string, RegExp])[] = [
    [true, "OPTION_INVALID", /option "log" is .*true.*; expected false, one of "debug", .*pino/],
    [null, "OPTION_INVALID", /option "log" is null/],
    [3, "OPTION_INVALID", /option "log" is "3"/],
    [3n, "OPTION_INVALID", /option "log" is "3"/],
    ["verbose", "OPTION_INVALID", /option "log" is "verbose"; .*"silent"/],
    [() => {}, "OPTION_INVALID", /option "log"/],
    [{ info: () => {}, warn: () => {} }, "OPTION_INVALID", /an object without debug, error/],
    [{ write: () => {} }, "OPTION_INVALID", /without debug, info, warn, error/],
    [{ level: "info" }, "OPTION_UNKNOWN", /"level"/],
    [{ engine: "loud" }, "OPTION_INVALID", /"log.engine" is "loud"/],
    [{ functions: 1 }, "OPTION_INVALID", /"log.functions"/],
    [{ to: "stderr" }, "OPTION_INVALID", /"log.to" is "stderr"/],
    [{ to: {} }, "OPTION_INVALID", /"log.to".*without debug/],
    [[console], "OPTION_INVALID", /option "log" is \[.*a logger with the methods/],
  ];
  for (const [given, code, message] of refused) assert.throws(() => parseLogOption("TaskHub.open", given), { code, message });
});

test("console-like loggers get the message first, pino and Bunyan the fields", () => {
  const plain = keeping();
  parseLogOption("here", plain).log.write(entry("warn"));
  assert.deepEqual(plain.calls, [["warn", "said", { event: "a.b", id: 7 }]]);

  const bunyan = Object.assign(keeping(), { addStream: () => {} });
  parseLogOption("here", bunyan).log.write(entry("error"));
  assert.deepEqual(bunyan.calls, [["error", { event: "a.b", id: 7 }, "said"]]);

  const lines: string[] = [];
  const logger = pino({ base: null, timestamp: false }, { write: (line: string) => lines.push(line) });
  parseLogOption("here", { engine: "info", to: logger }).log.write(entry("info"));
  assert.deepEqual(
    lines.map((line): unknown => JSON.parse(line)),
    [{ level: 30, event: "a.b", id: 7, msg: "said" }],
  );
});

test("what is below the level does not reach the logger, from any writer", () => {
  for (const least of LOG_LEVELS) {
    const logger = keeping();
    const { log } = parseLogOption("here", { engine: least, to: logger });
    for (const level of LEVELS) log.write(entry(level));
    assert.deepEqual(
      logger.calls.map(([level]) => level),
      LEVELS.slice(LOG_LEVELS.indexOf(least)),
    );
  }
});
