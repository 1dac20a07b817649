import { eternalCase } from "./eternal.testsuite.ts";

// Inline or on a thread, the writer of SQLite is the same. All of them with 500: eternal.full.test.ts.
eternalCase("memory", 200);
eternalCase("sqlite thread", 80);
eternalCase("postgres", 40);
