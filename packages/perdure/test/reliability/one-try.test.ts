import { oneTryCase } from "./one-try.testsuite.ts";

// Each mode on each store: one-try.full.test.ts.
oneTryCase("memory", "twice");
oneTryCase("sqlite thread", "plain");
oneTryCase("postgres", "no cursors");
