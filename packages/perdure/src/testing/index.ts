import "../require-node.ts"; // before everything else

export type { CheckOptions } from "./invariants/check-dump.ts";
export { checkDump, DUMP_INVARIANTS } from "./invariants/check-dump.ts";
export type { Invariant, Violation } from "./invariants/invariant.ts";
export { describeViolation } from "./invariants/invariant.ts";
export { Random } from "./random.ts";
export type { Observation } from "./recorder.ts";
export { OBSERVED_RULES, Recorder } from "./recorder.ts";
export type { ReplayCheckerOptions, ReplayMismatch } from "./replay-checker.ts";
export { ReplayChecker } from "./replay-checker.ts";
export { createTestHub, TestHub } from "./test-hub.ts";
export type { TestHubOptions } from "./test-hub-options.ts";
export { NodeTime, seededIds, VirtualCalendar, VirtualTime } from "./virtual-time.ts";
