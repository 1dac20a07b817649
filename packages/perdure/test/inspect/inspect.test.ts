import { describe } from "node:test";
import { inTurn } from "../../src/process/testing/in-turn.ts";
import { inspectSuite } from "./inspect.testsuite.ts";

for (const store of inTurn("inspect", ["memory", "sqlite thread", "postgres"] as const))
  describe(`${store}: what people look at`, () => inspectSuite(store));
