import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { launchBrowser, noBrowser } from "./testing/browser.ts";
import { assertAccessible, assertFits, visit } from "./testing/person.ts";
import { openShop } from "./testing/shop-day.ts";
import type { Site } from "./testing/site.ts";

const skip = noBrowser ?? false;
let browser: Browser;
let site: Site;

before(async () => {
  if (skip !== false) return;
  browser = await launchBrowser();
  site = await openShop({ keys: ["secret"], readKeys: ["reads"] });
});
after(async () => {
  await browser?.close();
  await site?.close();
});

/** An address, and a text that is there once its data are. */
const SCREENS: readonly (readonly [string, string | RegExp])[] = [
  ["#/instances", /waits for event/],
  ["#/instances?status=Failed&ended=24h&order=ended", /card was refused/],
  ["#/instances/approve-7f2c19", /Approved/],
  ["#/instances/order-84102/history", "ShipParcel"],
  ["#/instances/order-83977", "What you can do"],
  ["#/failures", /card was refused/],
  ["#/workers", "Activities in line"],
  ["#/functions", "ApproveShipment"],
  ["#/entities", "sku-7781"],
  ["#/entities/@stockitem@sku-7781", "The chosen entity"],
  ["#/schedules", "nightly-invoices"],
  ["#/first-steps", "Pull the plug"],
  ["#/nothing", "There is no such screen"],
];

for (const scheme of ["light", "dark"] as const)
  for (const width of [1440, 390] as const)
    test(`nothing is wrong on any screen, ${scheme}, ${width} px wide`, { skip, timeout: 180_000 }, async (t) => {
      const { page, assertQuiet } = await visit(t, browser, site.url, { scheme, width, expected: /401/ });
      await page.getByLabel("Key").waitFor();
      await assertAccessible(page, "sign-in");
      await page.getByLabel("Key").fill("secret");
      await page.keyboard.press("Enter");
      for (const [address, text] of SCREENS) {
        await page.goto(site.url + address);
        if (typeof text === "string" && text === "The chosen entity") await page.getByLabel(text).getByText("State").waitFor();
        else await page.getByText(text).filter({ visible: true }).first().waitFor();
        await assertAccessible(page, address);
        await assertFits(page, address);
      }
      assertQuiet();
    });
