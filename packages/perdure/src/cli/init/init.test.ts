import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join, matchesGlob } from "node:path";
import { test } from "node:test";
import { packageVersion } from "../package-version.ts";
import { runCommand } from "../testing/run-command.ts";
import { Folder } from "../testing/spawn-cli.ts";
import { TEMPLATE_NAMES } from "./templates.ts";

interface Manifest {
  readonly name: string;
  readonly scripts: { readonly [name: string]: string };
  readonly dependencies: { readonly [name: string]: string };
  readonly devDependencies: { readonly [name: string]: string };
}

const json = <Content>(path: string) => JSON.parse(readFileSync(path, "utf8")) as Content;

const NATIVE = [".gitignore", "package.json", "src/index.test.ts", "src/index.ts", "tsconfig.json"];
const FILES = {
  minimal: NATIVE,
  approval: NATIVE,
  agent: [".gitignore", "package.json", "src/index.test.ts", "src/index.ts", "src/model.ts", "src/page.ts", "tsconfig.json"],
  azure: [
    ...[".gitignore", "host.json", "local.settings.json", "package.json", "src/functions/hello.ts", "test/hello.test.ts", "tsconfig.json"],
  ],
} as const;

for (const template of TEMPLATE_NAMES) {
  test(`perdure init --template ${template} writes an app that has all it needs, and says what comes next`, async () => {
    using folder = new Folder();
    const { code, out } = await runCommand(["init", "My App", "--template", template], { cwd: folder.path });
    assert.equal(code, 0);
    const app = join(folder.path, "My App");
    const files = readdirSync(app, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const paths = files.map((entry) => join(entry.parentPath, entry.name).slice(app.length + 1)).sort();
    assert.deepEqual(paths, FILES[template]);
    const { name, scripts, dependencies, devDependencies } = json<Manifest>(join(app, "package.json"));
    assert.deepEqual([name, scripts.start, dependencies.perdure], ["my-app", "perdure start", `^${packageVersion()}`]);
    for (const version of Object.values({ ...dependencies, ...devDependencies })) assert.match(version, /^\^\d+\.\d+\.\d+$/);
    for (const path of paths) assert.ok(out.includes(`    ${path}\n`), path);
    assert.match(out, / {4}cd "My App"\n {4}npm install\n {4}npm run dev\n/);
    assert.match(out, / {4}curl http:\/\/localhost:7071\//);
    if (template === "agent") assert.match(out, /^Then look at .*\/console\/ and http:\/\/localhost:7071\/api\/agent, and/m);
    const kept = readFileSync(join(app, ".gitignore"), "utf8").split("\n");
    for (const file of ["perdure.db", "perdure.db-wal", "perdure.db-shm", "perdure.db-live", "perdure.db-live-wal"])
      assert.ok(
        kept.some((pattern) => matchesGlob(file, pattern)),
        `${file} of a store is in no repository`,
      );
  });
}

test("whatever a folder is called, its app has a name that npm takes, and its way there is one that a shell takes", async () => {
  using folder = new Folder();
  for (const [path, name, way] of [
    ["$(id) `id`'s", "id-id-s", "'$(id) `id`'\\''s'"],
    ["日本", "my-app", '"日本"'],
    ["favicon.ico", "my-app", "favicon.ico"],
    ["..x", "x", "..x"],
    [`${"long-".repeat(50)}x`, "long-".repeat(43).slice(0, 214), `${"long-".repeat(50)}x`],
  ] as const) {
    const { code, out } = await runCommand(["init", path, "--template", "minimal"], { cwd: folder.path });
    assert.deepEqual([code, json<Manifest>(join(folder.path, path, "package.json")).name], [0, name]);
    assert.ok(out.includes(`    cd ${way}\n`), out);
  }
});

test("perdure init without a folder writes into the current one, which may hold a repository", async () => {
  using folder = new Folder();
  folder.write(".git/HEAD", "ref: refs/heads/main\n");
  const { code, out } = await runCommand(["init", "--json"], { cwd: folder.path });
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(out), { folder: folder.path, template: "approval", files: NATIVE });
  assert.ok(existsSync(join(folder.path, "src/index.ts")));
});

test("a folder that is not empty is refused with what is in the way, and stays as it is", async () => {
  using folder = new Folder();
  for (const name of ["a.txt", "b.txt", "c.txt", "d.txt", "e.txt", "f.txt", "g.txt"]) folder.write(name, name);
  const { code, err, out } = await runCommand(["init"], { cwd: folder.path });
  assert.deepEqual([code, out], [2, ""]);
  assert.match(
    err,
    /is not empty: it has "a\.txt", "b\.txt", "c\.txt", "d\.txt", "e\.txt" and 2 more\. .*Nothing was written\. \[APP_FOLDER_NOT_EMPTY\]/,
  );
  assert.equal(readdirSync(folder.path).length, 7);
});

test("a file in place of the folder is named", async () => {
  using folder = new Folder();
  folder.write("app", "text");
  const { code, err } = await runCommand(["init", "app"], { cwd: folder.path });
  assert.equal(code, 2);
  assert.match(err, /\/app" cannot be written: ENOTDIR.*\[FILE_NOT_WRITTEN\]/);
  assert.equal(readFileSync(join(folder.path, "app"), "utf8"), "text");
});

for (const [args, text] of [
  [["a", "--template", "azur"], /"--template" is "azur"; expected one of approval, minimal, agent, azure/],
  [["a", "b"], /the arguments "a", "b"; expected: \[folder\]/],
  [["a", "--tempalte", "azure"], /no option "--tempalte"/],
] as const) {
  test(`perdure init ${args.join(" ")} is refused, and nothing is written`, async () => {
    using folder = new Folder();
    const { code, err } = await runCommand(["init", ...args], { cwd: folder.path });
    assert.equal(code, 2);
    assert.match(err, text);
    assert.deepEqual(readdirSync(folder.path), []);
  });
}

/** Its path is so long that that of a short file fits below it, and that of a longer one does not. */
const LONGEST_PATH = 4_096;

test("an app of which a file cannot be written leaves nothing behind", { skip: process.platform !== "linux" }, async () => {
  using folder = new Folder();
  let deep = folder.path;
  const end = LONGEST_PATH - "/src/index.ts".length;
  while (deep.length + 200 < end) deep = join(deep, "d".repeat(100));
  mkdirSync(deep, { recursive: true });
  const app = join(deep, "a".repeat(end - deep.length - 2));
  const { code, err } = await runCommand(["init", app], { cwd: folder.path });
  assert.equal(code, 2);
  assert.match(err, /cannot be written: ENAMETOOLONG/);
  assert.deepEqual(readdirSync(deep), []);
});

test("what templates ask for is what they are tested with", () => {
  const root = new URL("../../../../../", import.meta.url);
  const read = (path: string) => json<Manifest>(new URL(path, root).pathname);
  const tested = { ...read("package.json").devDependencies, ...read("examples/azure/typescript/package.json").dependencies };
  for (const template of TEMPLATE_NAMES) {
    const { perdure, ...others } = read(`packages/perdure/templates/${template}/package.json`).dependencies;
    const { devDependencies } = read(`packages/perdure/templates/${template}/package.json`);
    assert.equal(perdure, packageVersion());
    for (const [name, version] of Object.entries({ ...others, ...devDependencies })) assert.equal(version, tested[name], name);
  }
});
