import { describe } from "node:test";
import { inspectSuite } from "./inspect.testsuite.ts";

for (const store of ["memory", "sqlite thread", "postgres"] as const) describe(`${store}: what people look at`, () => inspectSuite(store));
