import assert from "node:assert/strict";
import { test } from "node:test";
import type { EngineLog, LogEntry } from "./engine-log.ts";
import { loggerLog } from "./logger.ts";
import { safeLog } from "./safe-log.ts";

const ENTRY: LogEntry = { level: "warn", event: "lease.not-renewed", message: "slow", fields: {} };
const broken = (): never => {
  throw new Error("EPIPE in the logger");
};
const rejecting = async () => broken();
const hostileThenable: unknown = Object.defineProperty({}, ["th", "en"].join(""), { get: broken });
const raise = (value: unknown): never => {
  throw value;
};
const logger = (method: () => unknown) => loggerLog({ debug: method, info: method, warn: method, error: method });

const LOGS: { readonly [name: string]: EngineLog } = {
  "write throws": { enabled: () => true, write: broken },
  "enabled throws": { enabled: broken, write: broken },
  "a rejecting writer": { enabled: () => true, write: rejecting },
  "a console-like logger that throws": logger(broken),
  "a console-like logger that rejects": logger(rejecting),
  "a thenable that throws": logger(() => hostileThenable),
  "it throws undefined": logger(() => raise(undefined)),
  "it throws what cannot be printed": logger(() => raise(new Proxy({}, { get: broken, getPrototypeOf: broken, ownKeys: broken }))),
};

for (const [name, log] of Object.entries(LOGS)) {
  test(`${name}: nothing is thrown, nothing rejects unseen, and it is said once`, async () => {
    const said: string[] = [];
    const safe = safeLog(log, (line) => said.push(line));
    const unseen: unknown[] = [];
    const listener = (reason: unknown) => unseen.push(reason);
    process.on("unhandledRejection", listener);
    try {
      for (let i = 0; i < 3; i++) {
        safe.enabled("warn");
        safe.write(ENTRY);
      }
      await new Promise((resolve) => setImmediate(resolve));
    } finally {
      process.off("unhandledRejection", listener);
    }
    assert.deepEqual(unseen, []);
    assert.equal(said.length, 1);
    assert.match(said[0] ?? "", /^perdure: the logger failed at "(lease.not-renewed|enabled)"/);
  });
}

test("a log that heals is used again", () => {
  const kept: LogEntry[] = [];
  let works = false;
  const log = safeLog({ enabled: () => true, write: (entry) => (works ? kept.push(entry) : broken()) }, () => {});
  log.write(ENTRY);
  works = true;
  log.write(ENTRY);
  assert.deepEqual(kept, [ENTRY]);
  assert.equal(safeLog(log), log);
});
