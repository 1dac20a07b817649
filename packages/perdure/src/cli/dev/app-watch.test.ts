import assert from "node:assert/strict";
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { until } from "../../process/testing/until.ts";
import { Folder } from "../testing/spawn-cli.ts";
import { AppWatch } from "./app-watch.ts";

test("a change of a code file is told once it has settled, in new folders too; other files are not the app's", async () => {
  using folder = new Folder();
  folder.write("src/a.ts", "1");
  folder.write("node_modules/b/b.js", "1");
  const told: string[][] = [];
  const watch = new AppWatch({
    app: folder.path,
    changed: (paths) => void told.push([...paths].sort()),
    polls: (error) => assert.fail(String(error)),
  });
  try {
    const changed = async (act: () => void): Promise<readonly string[]> => {
      told.length = 0;
      act();
      await until("it is told", () => told.length > 0, 20_000);
      return told.flat().map((path) => path.slice(folder.path.length + 1));
    };
    assert.deepEqual(await changed(() => folder.write("src/a.ts", "22")), ["src/a.ts"]);
    assert.deepEqual(await changed(() => folder.write("src/deep/er/c.mts", "1")), ["src/deep/er/c.mts"]);
    assert.deepEqual(
      await changed(() => folder.write("src/deep/er/c.mts", "22")),
      ["src/deep/er/c.mts"],
      "a folder that is new is watched",
    );
    const replaced = () => {
      writeFileSync(join(folder.path, "src/.a.tmp"), "333");
      renameSync(join(folder.path, "src/.a.tmp"), join(folder.path, "src/a.ts"));
    };
    assert.deepEqual(await changed(replaced), ["src/a.ts"], "as editors write");
    const others = () => {
      folder.write("hub.db-wal", "1");
      folder.write("node_modules/b/b.js", "22");
      mkdirSync(join(folder.path, ".git"));
      folder.write(".git/d.js", "1");
      folder.write("local.settings.json", "{}");
    };
    assert.deepEqual(await changed(others), ["local.settings.json"]);
    assert.deepEqual(await changed(() => rmSync(join(folder.path, "src/deep"), { recursive: true })), ["src/deep/er/c.mts"]);
  } finally {
    watch.close();
  }
});

test("links that lead nowhere, or in a circle, are no code and no error", () => {
  using folder = new Folder();
  folder.write("a.ts", "1");
  symlinkSync("b.ts", join(folder.path, "b.ts"));
  symlinkSync("gone.ts", join(folder.path, "c.ts"));
  const watch = new AppWatch({ app: folder.path, changed: () => {}, polls: () => {} });
  folder.write("a.ts", "22");
  assert.deepEqual(watch.take(), [join(folder.path, "a.ts")]);
  watch.close();
});

test("what was taken is not told", () => {
  using folder = new Folder();
  folder.write("a.ts", "1");
  const watch = new AppWatch({ app: folder.path, changed: () => {}, polls: () => {} });
  folder.write("a.ts", "22");
  assert.deepEqual(watch.take(), [join(folder.path, "a.ts")]);
  assert.deepEqual(watch.take(), []);
  watch.close();
});
