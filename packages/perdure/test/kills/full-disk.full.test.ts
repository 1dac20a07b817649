import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fill, mountDisk } from "../testing/small-disk.ts";
import { runKills } from "./kills.ts";

test("hosts are killed and started again on a disk that is full now and then: nothing that was accepted is lost, nothing is stopped", async (t) => {
  const disk = mountDisk("32m");
  if (disk === null) {
    t.skip("needs the right to mount a file system");
    return;
  }
  const filler = join(disk.path, "filler");
  let filled = 0;
  const trouble = {
    store: `file:${join(disk.path, "hub.db")}`,
    meanwhile: (random: { int: (below: number) => number }) => {
      if (random.int(3) === 0) rmSync(filler, { force: true });
      else {
        fill(filler, random.int(2) * random.int(200_000));
        filled += 1;
      }
    },
    end: () => rmSync(filler, { force: true }),
    check: async ({
      store,
    }: {
      readonly store: { readonly dump: () => Promise<{ readonly instances: readonly { readonly stopped: unknown }[] }> };
    }) => {
      assert.deepEqual(
        (await store.dump()).instances.filter(({ stopped }) => stopped !== null),
        [],
      );
    },
  };
  try {
    const report = await runKills({ kills: 30, seed: 20, trouble });
    t.diagnostic(JSON.stringify({ ...report, filled }));
    assert.ok(filled > 10 && report.completions > 50, JSON.stringify(report));
  } finally {
    trouble.end();
    disk.close();
  }
});
