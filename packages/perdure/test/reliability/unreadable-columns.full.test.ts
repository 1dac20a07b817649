import { COLUMN_CASES, KINDS, unreadableColumnCase } from "./unreadable-columns.testsuite.ts";

for (const kind of KINDS) for (const column of COLUMN_CASES) unreadableColumnCase(kind, column);
