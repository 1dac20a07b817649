import { forkCases } from "./fork-cases.testsuite.ts";

// Each store and each mode; each with each: fork.full.test.ts.
forkCases([
  { store: "memory", mode: "plain" },
  { store: "memory", mode: "no cursors" },
  { store: "sqlite inline", mode: "commits of one" },
  { store: "postgres", mode: "twice" },
]);
