import assert from "node:assert/strict";
import { test } from "node:test";
import { SCENARIOS } from "../scenarios/index.ts";
import { parseOptions, UsageError } from "./options.ts";

const parse = (line: string) => parseOptions(line.split(" ").filter(Boolean), SCENARIOS);
const refuses = (line: string, ...texts: readonly RegExp[]) =>
  assert.throws(
    () => parse(line),
    (error: unknown) => {
      assert.ok(error instanceof UsageError, String(error));
      for (const text of texts) assert.match(error.message, text);
      return true;
    },
  );

test("a scenario alone takes its own levels and runs", () => {
  const options = parse("hello-sequence-5");
  assert.equal(options.scenario.name, "hello-sequence-5");
  assert.deepEqual(options.levels, [256, 1]);
  assert.deepEqual(
    [options.store, options.json, options.peers, options.commitDelayMs, options.runs, options.durationSeconds],
    ["sqlite", false, false, 0, 3, null],
  );
});

test("every option is read, in either form and anywhere", () => {
  const options = parse("--json hello-sequence-5 --peers --commit-delay=1.5 --in-flight 64 --runs 5 --duration=2");
  assert.deepEqual([options.json, options.peers, options.commitDelayMs, options.runs, options.durationSeconds], [true, true, 1.5, 5, 2]);
  assert.deepEqual(options.levels, [64]);
  assert.equal(parse("fan-out-1000 --store memory").store, "memory");
});

test("a store is a name or a PostgreSQL server; without one it is SQLite where the scenario runs on it", () => {
  const chosen = (line: string) => [parse(line).store, parse(line).serverUrl];
  assert.deepEqual(chosen("hello-sequence-5 --store postgres"), ["postgres", null]);
  assert.deepEqual(chosen("hello-sequence-5 --store postgres://me@host/db"), ["postgres", "postgres://me@host/db"]);
  assert.deepEqual(chosen("remote-event"), ["sqlite", null]);
  assert.deepEqual(chosen("held-transaction"), ["postgres", null]);
  assert.equal(parse("hello-sequence-5 --store postgres --commit-delay 1").commitDelayMs, 1);
});

test("an unknown or misspelled option is named, with the known ones", () => {
  refuses("hello-sequence-5 --peer", /"--peer"/, /--peers/);
  refuses("hello-sequence-5 --commitDelay 1", /"--commitDelay"/, /--commit-delay/);
  refuses("hello-sequence-5 -j", /"-j"/);
});

test("a wrong value is named, with what was expected", () => {
  refuses("hello-sequence-5 --store mysql", /"mysql"/, /sqlite, memory, postgres/);
  refuses("hello-sequence-5 --store postgres://", /not a URL/);
  refuses("hello-sequence-5 --runs 0", /--runs/, /"0"/);
  refuses("hello-sequence-5 --runs 1.5", /whole number/);
  refuses("hello-sequence-5 --in-flight many", /"many"/);
  refuses("hello-sequence-5 --commit-delay -1", /commit-delay/);
  refuses("hello-sequence-5 --duration", /needs a value/);
  refuses("hello-sequence-5 --json=yes", /takes no value/);
});

test("the scenario is named, known and alone", () => {
  refuses("--json", /Which scenario/, /cold-start/);
  refuses("hello", /"hello"/, /hello-sequence-5/);
  refuses("soak sleepers", /One scenario at a time/, /"sleepers"/);
});

test("what does not apply to a scenario is refused, not ignored", () => {
  refuses("long-history --in-flight 2", /one level only/);
  refuses("external-event --duration 5", /fixed amount of work/);
  refuses("sleepers --store memory", /sqlite and postgres/);
  refuses("held-transaction --store sqlite", /runs on postgres/);
  refuses("fan-out-1000 --store memory --commit-delay 1", /memory/);
  refuses("soak --commit-delay 1", /commit-delay/);
});

test("scenario names are those of the documentation", () => {
  assert.deepEqual(
    SCENARIOS.map(({ name }) => name),
    [
      "hello-sequence-5",
      "fan-out-1000",
      "fan-out-beside",
      "external-event",
      "remote-event",
      "long-history",
      "sleepers",
      "waking",
      "sleeping-event",
      "held-transaction",
      "head-of-line",
      "lossy-executor",
      "app-threads",
      "azure-hello-sequence-5",
      "azure-fan-out-1000",
      "azure-long-history",
      "metrics",
      "traces",
      "pages",
      "crash-recovery",
      "cold-start",
      "first-result",
      "entity-counter",
      "entity-calls",
      "bank-transfer",
      "list",
      "inspect",
      "purge",
      "soak",
    ],
  );
});
