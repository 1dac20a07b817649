import { rewindCases } from "./rewind-cases.testsuite.ts";

// Each store with each mode: rewind.full.test.ts. The others of each: fork.test.ts.
rewindCases([
  { store: "memory", mode: "no cursors" },
  { store: "postgres", mode: "twice" },
]);
