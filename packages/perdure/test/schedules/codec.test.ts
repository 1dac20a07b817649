import { test } from "node:test";
import type { PayloadCodec } from "perdure";
import { orchestrator, TaskHub, timer } from "perdure";
import { payload } from "../../src/model/payload.ts";
import { until } from "../../src/process/testing/until.ts";

test("schedules run whatever codec and versions the hub has", async () => {
  const codec: PayloadCodec = {
    encode: (value) => (value === undefined ? null : payload(JSON.stringify(Buffer.from(JSON.stringify(value)).toString("base64")))),
    decode: (text) => (text === null ? undefined : JSON.parse(Buffer.from(JSON.parse(text) as string, "base64").toString())),
  };
  let runs = 0;
  const tick = timer("Tick", "* * * * * *", () => void runs++);
  const functions = [tick, orchestrator("O", { version: "1.0" }, async () => 1)];
  const versions = { defaultVersion: "2.0", versionMatchStrategy: "Strict" } as const;
  await using hub = await TaskHub.open("memory:", { functions, codec, log: false, ...versions });
  await hub.start();
  await until("two runs", () => runs >= 2, 20_000);
  await hub.client.schedules.pause("Tick");
  await until("a pause", async () => (await hub.client.schedules.list())[0]?.state === "paused", 20_000);
});
