import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { PACKAGE } from "../../../scripts/lib/paths.ts";
import { CliProcess, Folder } from "../../perdure/src/cli/testing/spawn-cli.ts";
import { launchBrowser, noBrowser } from "./testing/browser.ts";
import { assertAccessible, visit } from "./testing/person.ts";

test("the page of the agent template shows the words as they come, asks, and shows what became of it", {
  skip: noBrowser ?? false,
  timeout: 300_000,
}, async (t) => {
  using folder = new Folder();
  const args = ["start", join(PACKAGE, "templates/agent"), "--port", "0", "--store", `file:${join(folder.path, "hub.db")}`];
  await using host = new CliProcess(args, folder.path);
  const [, url = ""] = await host.printed(/"event":"host\.started".*?"url":"([^"]+)"/);
  const browser = await launchBrowser();
  t.after(() => browser.close());
  // It asks for an icon, which the app has none of.
  const { page, assertQuiet } = await visit(t, browser, `${url}/api/agent`, { expected: /favicon/ });
  page.setDefaultTimeout(60_000);
  await assertAccessible(page, "the page of the agent");
  // Each text that the page shows, from the first word on.
  await page.evaluate(`
    globalThis.texts = [];
    const words = document.getElementById("words");
    new MutationObserver(() => texts.push(words.textContent)).observe(words, { childList: true, characterData: true, subtree: true });
  `);
  await page.getByLabel("Question").fill("Please refund order 4711");
  await page.getByRole("button", { name: "Ask" }).click();
  await page.getByText("May it refund 4711?").waitFor();
  const texts = await page.evaluate<readonly string[]>("texts");
  assert.ok(texts.length >= 3, `the words came in ${texts.length} pieces`);
  for (const [at, text] of texts.entries()) assert.ok(text.startsWith(texts[at - 1] ?? ""), `${text} continues what was there`);
  await page.getByRole("button", { name: "Allow" }).click();
  await page.getByText("order 4711 is refunded").waitFor();
  await page.getByText("Completed", { exact: true }).waitFor();
  assert.ok(await page.getByRole("button", { name: "Allow" }).isHidden());
  assertQuiet();
});
