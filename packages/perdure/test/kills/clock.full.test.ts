import assert from "node:assert/strict";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { runKills } from "./kills.ts";

/** As far as the slew may lead in the minutes of this test. */
const SLACK_MS = 5_000;

test("hosts are killed and started again while the system clock is set to and fro by hours: store time stays the time that it is", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "perdure-clock-"));
  const file = join(folder, "offset");
  const setClock = (offset: number) => {
    writeFileSync(`${file}.new`, String(offset));
    renameSync(`${file}.new`, file);
  };
  setClock(0);
  const began = Date.now();
  let steps = 0;
  const trouble = {
    nodeArgs: ["--import", `${new URL("../testing/stepped-clock.ts", import.meta.url)}?${encodeURIComponent(file)}`],
    meanwhile: (random: { int: (below: number) => number }) => {
      steps += 1;
      setClock((random.int(48) - 24) * 3_600_000);
    },
    end: () => {},
    check: async ({
      store,
    }: {
      readonly store: { readonly dump: () => Promise<{ readonly history: readonly { readonly events: string }[] }> };
    }) => {
      for (const { events } of (await store.dump()).history) {
        for (const { ts, kind } of JSON.parse(events) as readonly { readonly ts: number; readonly kind: string }[]) {
          assert.ok(ts >= began - SLACK_MS && ts <= Date.now() + SLACK_MS, `${kind} is ${ts - began} ms from the beginning of the test`);
        }
      }
    },
  };
  try {
    const report = await runKills({ kills: 30, seed: 19, trouble });
    t.diagnostic(JSON.stringify({ ...report, steps }));
    assert.ok(report.completions > 100 && steps === 30);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
