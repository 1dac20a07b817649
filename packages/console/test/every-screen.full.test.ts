import { test } from "node:test";
import { assertAccessible, assertFits, visit } from "./testing/person.ts";
import { openShop } from "./testing/shop-day.ts";
import { stage } from "./testing/stage.ts";

const shown = stage(() => openShop({ keys: ["secret"], readKeys: ["reads"] }));
const { skip } = shown;

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
      const { page, assertQuiet } = await visit(t, shown.browser, shown.site.url, { scheme, width, expected: /401/ });
      await page.getByLabel("Key").waitFor();
      await assertAccessible(page, "sign-in");
      await page.getByLabel("Key").fill("secret");
      await page.keyboard.press("Enter");
      for (const [address, text] of SCREENS) {
        await page.goto(shown.site.url + address);
        if (typeof text === "string" && text === "The chosen entity") await page.getByLabel(text).getByText("State").waitFor();
        else await page.getByText(text).filter({ visible: true }).first().waitFor();
        await assertAccessible(page, address);
        await assertFits(page, address);
      }
      assertQuiet();
    });
