import { rewindCases } from "./rewind-cases.testsuite.ts";

// Each store and each mode; each with each: rewind.full.test.ts.
rewindCases([
  { store: "memory", mode: "plain" },
  { store: "memory", mode: "no cursors" },
  { store: "sqlite inline", mode: "commits of one" },
  { store: "postgres", mode: "twice" },
]);
