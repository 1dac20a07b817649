import { manyBytesCase, manyRowsCase } from "./client-bounds.testsuite.ts";

// More of each kind, and starts that wait for numbers: client-bounds.full.test.ts.
manyRowsCase("starts", 3_000);
manyRowsCase("events to instances elsewhere", 3_000);
manyBytesCase("starts");
