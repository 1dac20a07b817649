import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { launchBrowser, noBrowser } from "./testing/browser.ts";
import { assertAccessible, visit } from "./testing/person.ts";
import { openShop } from "./testing/shop-day.ts";
import type { Site } from "./testing/site.ts";

const skip = noBrowser ?? false;
let browser: Browser;
let site: Site;

before(async () => {
  if (skip !== false) return;
  browser = await launchBrowser();
  site = await openShop();
});
after(async () => {
  await browser?.close();
  await site?.close();
});

test("a person goes through the screens by their names, and reads on each what it is for", { skip, timeout: 60_000 }, async (t) => {
  const { page, assertQuiet } = await visit(t, browser, site.url);
  const nav = page.getByRole("navigation", { name: "Screens" });

  const list = page.getByRole("grid", { name: "Instances" });
  await list
    .getByRole("row", { name: /approve-7f2c19/ })
    .getByText("waits for event Approved")
    .waitFor();
  await list
    .getByRole("row", { name: /order-84103/ })
    .getByText("the card was refused")
    .waitFor();
  await assertAccessible(page, "instances");

  await page.getByRole("button", { name: /^Stopped/ }).click();
  assert.equal(await list.getByRole("row").count(), 2, "the head and the one that is stopped");
  await list.getByRole("link", { name: "order-83977" }).click();
  await page.getByText("Stopped").first().waitFor();

  await nav.getByRole("link", { name: "Failures" }).click();
  await page
    .getByRole("option", { name: /the card was refused/ })
    .getByText("2 instances,")
    .waitFor();

  await nav.getByRole("link", { name: "Workers" }).click();
  await page.getByText("0 wait for a worker, 6 are at workers").waitFor();

  await nav.getByRole("link", { name: "Functions" }).click();
  await page.getByRole("button", { name: "Start ApproveShipment" }).waitFor();

  await nav.getByRole("link", { name: "Entities" }).click();
  await page.getByRole("row", { name: /sku-7781/ }).waitFor();

  await nav.getByRole("link", { name: "Schedules" }).click();
  await page.getByRole("row", { name: /nightly-invoices.*NightlyInvoices/ }).waitFor();

  assertQuiet();
});
