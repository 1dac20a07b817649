import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { PACKAGE, ROOT } from "../../../scripts/lib/paths.ts";
import { run } from "../../../scripts/lib/run.ts";
import { mustPass } from "../../../scripts/pack.testsuite.ts";
import { AtTerminal } from "../../perdure/src/cli/testing/at-terminal.ts";
import { launchBrowser, noBrowser } from "./testing/browser.ts";
import { visit } from "./testing/person.ts";

const noTerminal = spawnSync("script", ["--version"]).error === undefined ? null : "there is no command `script`, which makes a terminal";

test("the first five minutes: a new app, npm run dev, approved in the browser, killed by key, and it continues", {
  skip: noTerminal ?? noBrowser ?? false,
  timeout: 600_000,
}, async (t) => {
  const scratch = mkdtempSync(join(tmpdir(), "perdure-first-"));
  t.after(() => rmSync(scratch, { recursive: true, force: true }));
  mustPass("npm run build", await run(process.execPath, ["scripts/build.ts"], { cwd: ROOT }));
  const command = join(PACKAGE, "dist/cli/main.js");
  mustPass("perdure init", await run(process.execPath, [command, "init", "my-app"], { cwd: scratch }));
  const app = join(scratch, "my-app");
  mkdirSync(join(app, "node_modules/.bin"), { recursive: true });
  symlinkSync(PACKAGE, join(app, "node_modules/perdure"));
  chmodSync(command, 0o755);
  symlinkSync("../perdure/dist/cli/main.js", join(app, "node_modules/.bin/perdure"));

  await using dev = new AtTerminal(["npm", "run", "dev", "--", "--port", "0"], app);
  const [, address = ""] = await dev.shows(/Console: +(\S+)/);
  await dev.shows(/Keys: k kills/);
  const browser = await launchBrowser();
  t.after(() => browser.close());
  const { page, assertQuiet } = await visit(t, browser, address);
  page.setDefaultTimeout(60_000);
  const row = (id: string) => page.getByRole("row", { name: new RegExp(`\\b${id}\\b`) });
  await row("first").getByText("Completed").waitFor();
  await row("second").getByText("waits for event Decided").waitFor();

  dev.press("k");
  await dev.shows(/Another thread took over after \d+ ms\. Nothing is lost/);
  await page.getByRole("link", { name: "second" }).click();
  await page.getByRole("heading", { name: /^Waits for event Decided/ }).waitFor();
  await page.keyboard.press("e");
  const sheet = page.getByRole("dialog", { name: "Raise an event" });
  await sheet.getByRole("button", { name: "Decided waited for", pressed: true }).waitFor();
  await page.keyboard.type('{ "approved": true, "by": "me" }');
  await sheet.getByText("valid").waitFor();
  await page.keyboard.press("Control+Enter");
  await page.getByText("Event Decided was sent to second.").waitFor();
  await page.getByText("120 paid to Ada, approved by me").first().waitFor();
  await page.getByText("Completed").first().waitFor();
  assertQuiet();
  dev.press("q");
  assert.equal(await dev.ended, 0);
});
