import assert from "node:assert/strict";
import { test } from "node:test";
import { loadApp } from "../app-threads/load-app.ts";
import { fault } from "../errors/perdure-error.ts";
import { errorText } from "./error-text.ts";
import { Folder } from "./testing/spawn-cli.ts";

test("a message about the operator's own app has its lines, and what a caller has sent begins none", () => {
  assert.equal(
    errorText(fault("APP_UNSUPPORTED", "shop", ['The function "Q" has a queueTriger.', "Another."])),
    [
      'perdure: The Azure app "shop" cannot be run as it is:',
      '    The function "Q" has a queueTriger.',
      "    Another.",
      '  Nothing was started. "perdure check" lists what the app has and what of it is supported. [APP_UNSUPPORTED]',
      "",
    ].join("\n"),
  );
  assert.match(errorText(fault("INSTANCE_NOT_FOUND", "a\nperdure: forged")), /instance "a\\nperdure: forged"/);
  assert.match(errorText(fault("APP_UNSUPPORTED", "\u001b[2J", [])), /app "\\u001b\[2J"/);
});

/** What is told of an app whose entry file is this. */
async function toldOf(files: { readonly [name: string]: string }): Promise<{ readonly text: string; readonly folder: string }> {
  using folder = new Folder();
  for (const [name, text] of Object.entries(files)) folder.write(name, text);
  const [entry = ""] = Object.keys(files);
  const error: unknown = await loadApp(".", [`${folder.path}/${entry}`], folder.path).catch((thrown: unknown) => thrown);
  return { text: errorText(error), folder: folder.path };
}

test("of an app that cannot be loaded the frames of its own files are shown, and none of Node or Perdure", async () => {
  const { text, folder } = await toldOf({
    "index.cjs": 'require("./lib.cjs");',
    "lib.cjs": 'function read() {\n  throw new Error("no key");\n}\nread();',
  });
  assert.deepEqual(text.replaceAll(folder, "APP").split("\n"), [
    'perdure: The app file "APP/index.cjs" cannot be loaded: Error: no key. Nothing was started. [APP_IMPORT_FAILED]',
    "  Caused by: Error: no key",
    "      at read (APP/lib.cjs:2:9)",
    "      at Object.<anonymous> (APP/lib.cjs:4:1)",
    "      at Object.<anonymous> (APP/index.cjs:1:1)",
    "",
  ]);
});

for (const [what, entry, source] of [
  ["required", "index.cjs", 'require("@azure/no-such-package/sub");'],
  ["imported", "index.mjs", 'import "@azure/no-such-package/sub";'],
] as const) {
  test(`a package that the app asks for and that is not installed is told with the command that installs it, if it is ${what}`, async () => {
    const manifest = JSON.stringify({ dependencies: { "@azure/no-such-package": "4.0.0" } });
    const { text, folder } = await toldOf({ [`src/${entry}`]: source, "package.json": manifest });
    const [first = ""] = text.split("\n");
    assert.match(
      first,
      /cannot be loaded: Error: Cannot find (?:module|package) '@azure\/no-such-package[^\\]*\. Run "npm install" in .*Nothing was started\./,
    );
    assert.ok(first.includes(`Run "npm install" in ${folder}. Nothing`), first);
    assert.doesNotMatch(text, /node:internal|app-threads/);
  });
}
