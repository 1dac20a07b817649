import { repeatedMessageCase } from "./message-ids.testsuite.ts";

// Each on each store: message-ids.full.test.ts.
repeatedMessageCase("memory", "no cursors");
repeatedMessageCase("sqlite thread", "plain");
repeatedMessageCase("postgres", "plain");
