import "../require-node.ts"; // before everything else

export type { FakeHttp } from "./fake-http.ts";
export { checkDump, DUMP_INVARIANTS } from "./invariants/check-dump.ts";
export type { CheckOptions } from "./invariants/check-input.ts";
export type { Invariant, Violation } from "./invariants/invariant.ts";
export { describeViolation } from "./invariants/invariant.ts";
export type { SentByEntity, TestEntity, TestEntityCalls, TestEntityOptions } from "./test-entity.ts";
export { createTestEntity } from "./test-entity.ts";
export type { TestHub } from "./test-hub.ts";
export { createTestHub } from "./test-hub.ts";
export type { TestHubOptions } from "./test-hub-options.ts";
