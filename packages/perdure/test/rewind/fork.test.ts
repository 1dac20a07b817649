import { forkCases } from "./fork-cases.testsuite.ts";

// Each store with each mode: fork.full.test.ts. The others of each: rewind.test.ts.
forkCases([
  { store: "memory", mode: "plain" },
  { store: "sqlite inline", mode: "commits of one" },
]);
