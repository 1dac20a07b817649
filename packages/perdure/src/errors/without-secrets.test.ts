import assert from "node:assert/strict";
import { it } from "node:test";
import { withoutSecrets } from "./without-secrets.ts";

it("an address in a message holds neither password nor key, also where it cannot be parsed", () => {
  for (const [url, shown] of [
    ["postgre://me:secret@host/db", "postgre://…@host/db"],
    ["postgres://me:se/cr@et@host/db?schema=a", "postgres://…@host/db?schema=a"],
    ["postgres://me:se?cret#@host/db", "postgres://…@host/db"],
    ["postgres://host/db?user=me&Password=secret&schema=a", "postgres://host/db?user=me&Password=…&schema=a"],
    ["http://localhost:7071/x?code=secret#y", "http://localhost:7071/x?code=…#y"],
    ["http://localhost:7071", "http://localhost:7071"],
  ] as const) {
    assert.equal(withoutSecrets(url), shown);
  }
});
