import { versionCases } from "./version-cases.testsuite.ts";

// Cursors are a matter of the worker, not of its store: both ways, and each with each in versions.full.test.ts.
versionCases([
  { store: "memory", keepCursors: false },
  { store: "sqlite inline", keepCursors: true },
]);
