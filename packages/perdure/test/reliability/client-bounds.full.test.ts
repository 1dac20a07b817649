import { manyBytesCase, manyRowsCase, numbersCase } from "./client-bounds.testsuite.ts";

for (const what of ["starts", "events to instances elsewhere"] as const) {
  manyRowsCase(what, 6_000);
  manyBytesCase(what);
}
numbersCase();
