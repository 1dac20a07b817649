import { otherRowsCases, unreadableColumnCase } from "./unreadable-columns.testsuite.ts";

// Each column on each store: unreadable-columns.full.test.ts.
unreadableColumnCase("sqlite", "tags");
unreadableColumnCase("sqlite", "parent of another form");
unreadableColumnCase("sqlite", "poison_code_versions");
unreadableColumnCase("postgres", "parent");
unreadableColumnCase("postgres", "custom_status");
otherRowsCases("sqlite");
otherRowsCases("postgres");
