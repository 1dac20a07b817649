import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { visit } from "./testing/person.ts";
import { shop } from "./testing/shop.ts";
import { behindPrefix, openSite } from "./testing/site.ts";
import { stage } from "./testing/stage.ts";

const UNSIGNED = /401/;

const shown = stage(async () => {
  const opened = await openSite({ functions: shop(), keys: ["secret"], readKeys: ["reads"] });
  await opened.hub.client.startNew("ApproveShipment", { instanceId: "approve-1", input: { order: "a", amount: 1 } });
  return opened;
});
const { skip } = shown;

async function signIn(page: Page, key: string): Promise<void> {
  await page.getByLabel("Key").fill(key);
  await page.keyboard.press("Enter");
}

test("a person signs in with a key, which is in no address; a wrong one is said, and signing out ends it", {
  skip,
  timeout: 60_000,
}, async (t) => {
  const { page, assertQuiet } = await visit(t, shown.browser, `${shown.site.url}#/instances/approve-1`, { expected: UNSIGNED });
  await signIn(page, "wrong");
  await page.getByRole("alert").waitFor();
  await signIn(page, "secret");
  // The address that was opened is the one that is shown.
  await page.getByRole("heading", { name: "approve-1" }).waitFor();
  assert.doesNotMatch(page.url(), /secret/);
  const [cookie] = await page.context().cookies();
  assert.deepEqual([cookie?.httpOnly, cookie?.sameSite], [true, "Strict"]);
  assert.doesNotMatch(cookie?.value ?? "", /secret/);
  await page.reload();
  await page.getByRole("heading", { name: "approve-1" }).waitFor();
  await page.getByRole("button", { name: /^orders/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByLabel("Key").waitFor();
  assertQuiet();
});

test("with a key for reading there is everything to see, and no button that would be refused", { skip, timeout: 60_000 }, async (t) => {
  const { page, assertQuiet } = await visit(t, shown.browser, shown.site.url, { expected: UNSIGNED });
  await signIn(page, "reads");
  await page.getByText("Signed in with a key for reading").waitFor();
  await page.getByRole("row", { name: /approve-1/ }).waitFor();
  assert.equal(await page.getByRole("button", { name: "Start an instance" }).count(), 0);
  await page.getByLabel("Choose approve-1").check({ force: true });
  const bar = page.getByRole("toolbar", { name: "What is chosen" });
  assert.deepEqual(await bar.getByRole("button").allTextContents(), [""], "only the one that chooses nothing");
  await page.getByRole("link", { name: "approve-1" }).click();
  await page.getByRole("heading", { name: "approve-1" }).waitFor();
  for (const name of ["Raise event", "Suspend", "Terminate", "Restart"])
    assert.equal(await page.getByRole("button", { name }).count(), 0, name);
  assertQuiet();
});

test("the console works below any path of a proxy, deep links and the stream included", { skip, timeout: 60_000 }, async (t) => {
  const proxy = await behindPrefix(shown.site.url, "/ops/perdure");
  t.after(() => proxy.close());
  const { page, assertQuiet } = await visit(t, shown.browser, `${proxy.url.replace(/\/$/, "")}#/instances?status=Running`, {
    expected: UNSIGNED,
  });
  await signIn(page, "secret");
  await page.getByRole("row", { name: /approve-1/ }).waitFor();
  await page.getByText("Live", { exact: true }).waitFor();
  await page.getByRole("navigation", { name: "Screens" }).getByRole("link", { name: "Functions" }).click();
  await page.getByRole("button", { name: "Start ApproveShipment" }).click();
  const sheet = page.getByRole("dialog", { name: "Start an instance" });
  await sheet.getByLabel("Input").fill('{ "order": "b", "amount": 2 }');
  await sheet.getByText("Id, version, tags, time").click();
  await sheet.getByLabel("Instance id").fill("approve-2");
  await sheet.getByRole("button", { name: "Start ApproveShipment" }).click();
  await page.getByRole("heading", { name: "approve-2" }).waitFor();
  assert.ok(page.url().startsWith(`${proxy.url}#/instances/approve-2`), page.url());
  assertQuiet();
});
