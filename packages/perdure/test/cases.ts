/** Where a case of what users of such systems have paid for is tested, or who will test it. */
export type CaseOwner =
  | { readonly tests: readonly { readonly file: string; readonly title: string }[] }
  | { readonly bench: string }
  | { readonly later: "Complete semantics" };

const MESSAGES = "reliability/messages.testsuite.ts";
const FENCING = "reliability/fencing.testsuite.ts";
const TIME = "reliability/time.test.ts";
const SIZE = "reliability/size.testsuite.ts";
const POISON_STOPS = "reliability/poison-stops.testsuite.ts";
const DIVERGENCE = "reliability/divergence.test.ts";
const TIMERS = "scenarios/timers.testsuite.ts";
const FAILURES = "scenarios/failures.testsuite.ts";
const LIMITS = "scenarios/limits.testsuite.ts";
const RECOVERY = "postgres/recovery.testsuite.ts";
const DATABASE = "postgres/database.testsuite.ts";
const CROWDS = "postgres/crowds.testsuite.ts";
const LONG = "postgres/cases.full.test.ts";

const inFiles = (...where: readonly (readonly [file: string, title: string])[]): CaseOwner => ({
  tests: where.map(([file, title]) => ({ file, title })),
});
const semantics: CaseOwner = { later: "Complete semantics" };

/** All 46, by number. A title is the beginning of a test's name, as it stands in the source. */
export const CASES: Readonly<Record<number, CaseOwner>> = {
  1: inFiles([MESSAGES, "case 1: raised before the start"]),
  2: inFiles([MESSAGES, "case 2: N events during continueAsNew"]),
  3: inFiles([MESSAGES, "case 3: two waits on one name"]),
  4: inFiles([MESSAGES, "case 4: the timer wins 100 times"]),
  5: inFiles([MESSAGES, "case 5: an event to an unknown"]),
  6: inFiles([MESSAGES, "case 6: two waits of different names"]),
  7: inFiles([MESSAGES, "case 7: endless senders"]),
  8: inFiles([FENCING, "case 8: a worker frozen past its lease"]),
  9: inFiles([FENCING, "case 9: a worker that claims its instance again"]),
  10: inFiles([FENCING, "case 10: killed between side effect and checkpoint"]),
  11: inFiles([MESSAGES, "case 11: awaiting a task twice"]),
  12: inFiles([MESSAGES, "case 12: fan-out of 99, 100 and "]),
  13: inFiles([RECOVERY, "case 13: two recover what an owner had"]),
  14: inFiles([MESSAGES, "case 14: a start with the same id from 50 clients"]),
  15: inFiles([RECOVERY, "case 15: what is recovered on a queue of one place"]),
  16: inFiles([MESSAGES, "case 16: every instance that is not done"]),
  17: inFiles(
    [RECOVERY, "case 17: a worker's row is lost"],
    [RECOVERY, "case 17: an owner that lives and hears nothing"],
    [RECOVERY, "case 17: many instances are handed back"],
    ["fleet/workers.testsuite.ts", "case 17: what a dead worker had is taken over"],
    [LONG, "case 17: a thousand instances with an activity each"],
  ),
  18: inFiles([LONG, "case 18: from one worker to twenty"]),
  19: inFiles([RECOVERY, "case 19: an activity that hangs"]),
  20: inFiles(
    ["rolling/rolling.test.ts", "case 20: a worker that is replaced"],
    ["rolling/rolling.full.test.ts", "case 20: replacements under load"],
  ),
  21: inFiles([CROWDS, "case 21: a burst of"]),
  22: inFiles([TIME, "case 22: clocks five minutes apart"]),
  23: inFiles([MESSAGES, "case 23: raising an event"]),
  24: inFiles([TIME, "case 24: timers of 30 and 800 days"], [TIMERS, "case 24: a timer in the past"]),
  25: inFiles([TIMERS, "case 25: relative timers"]),
  26: inFiles([MESSAGES, "case 26: a cancelled timer"]),
  27: inFiles(
    ["schedules/test-hub.test.ts", "case 27: clocks that change"],
    ["schedules/stores.testsuite.ts", "case 27: several workers run each time once"],
  ),
  28: inFiles(
    [DATABASE, "case 28: in the middle of a claim"],
    [DATABASE, "case 28: commits whose answers are lost"],
    ["postgres/troubles.test.ts", "case 28: three workers on PostgreSQL"],
  ),
  29: inFiles([DATABASE, "case 29: behind a pooler"]),
  30: inFiles([CROWDS, "case 30: beside a transaction"]),
  31: inFiles([DATABASE, "case 31: while the queue of notifications is full"]),
  32: inFiles([CROWDS, "case 32: starters and completers at once"]),
  33: inFiles([DATABASE, "case 33: writes refused by"], [DATABASE, "case 33: a schema of another version"]),
  34: inFiles(
    [POISON_STOPS, "case 34: an activity that ends its process"],
    [POISON_STOPS, "case 34: an orchestrator that ends its process"],
    ["reliability/processes.full.test.ts", "case 34: an instance whose stored history cannot be read"],
    ["reliability/memory.full.test.ts", "case 34: an activity that runs out of memory"],
  ),
  35: inFiles([SIZE, "case 35: a history of "]),
  36: inFiles([SIZE, "case 36: the cost of an activity is flat"]),
  37: { bench: "soak" },
  38: inFiles([LIMITS, "case 38: an input and an event"], [LIMITS, "case 38: an activity result"], [LIMITS, "case 38: a custom status"]),
  39: semantics,
  40: semantics,
  41: semantics,
  42: inFiles([DIVERGENCE, "case 42: a changed orchestrator"]),
  43: inFiles(
    [FAILURES, "case 43: whatever an activity throws"],
    [FAILURES, "case 43: whatever an orchestrator throws"],
    [FAILURES, "case 43: whatever a sub-orchestration throws"],
  ),
  44: semantics,
  45: semantics,
  46: inFiles([MESSAGES, "case 46: terminate with recursive"]),
};
