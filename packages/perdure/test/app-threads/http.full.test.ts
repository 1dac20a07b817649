import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { Upload } from "../testing/upload.ts";
import { ThreadApp } from "./testing/thread-app.ts";

const MIB = 1_024 * 1_024;
const ALL = 96;

test("a function that does not read slows its caller down: nothing between them keeps what is sent", async () => {
  await using app = await ThreadApp.open({ http: { maxBodyBytes: 128 * MIB } });
  const upload = new Upload(`${app.server.url}/api/reads-later`);
  const piece = new Uint8Array(MIB);
  let sent = 0;
  const sending = (async () => {
    for (; sent < ALL; sent++) await upload.write(piece);
    upload.end();
  })();
  for (let before = -1; before !== sent; await pause(500)) before = sent;
  assert.ok(sent < ALL / 2, `${sent} MiB were taken`); // by the buffers of the system
  await app.fetch("let-go", { method: "POST" });
  await sending;
  assert.equal(await upload.rest(), String(ALL * MIB));
});
