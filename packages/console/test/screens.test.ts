import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible, visit } from "./testing/person.ts";
import { openShop } from "./testing/shop-day.ts";
import { stage } from "./testing/stage.ts";

const shown = stage(openShop);
const { skip } = shown;

// What axe says of each screen: every-screen.full.test.ts. Of an instance more: instance.full.test.ts.
test("a person goes through the screens by their names, and reads on each what it is for", { skip, timeout: 60_000 }, async (t) => {
  const { page, assertQuiet } = await visit(t, shown.browser, shown.site.url);
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

  await page.getByRole("button", { name: /^Stopped/ }).click();
  await list.getByRole("link", { name: "order-83977" }).waitFor();
  await list.getByRole("link", { name: "approve-7f2c19" }).waitFor({ state: "detached" });
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

// From here on things change: the test above has seen them as they were. One browser and one host serve all, since each costs as much as what is done with it.
test("who never read the docs sees what an instance waits for, and sets it going, by keyboard alone", {
  skip,
  timeout: 60_000,
}, async (t) => {
  const { page, assertQuiet } = await visit(t, shown.browser, `${shown.site.url}#/instances/approve-7f2c19`);
  await page.getByRole("heading", { name: /^Waits for event Approved, for/ }).waitFor();
  await page.getByText(/has raised it for/).waitFor();

  await page.keyboard.press("e");
  const sheet = page.getByRole("dialog", { name: "Raise an event" });
  await sheet.getByRole("button", { name: "Approved waited for", pressed: true }).waitFor();
  await page.keyboard.type('{ "by": "ada", "limit": 12345678901234567890,');
  await sheet.getByText("Line 1, column 46: } is missing at the end.").waitFor();
  assert.ok(await sheet.getByRole("button", { name: "Send Approved" }).isDisabled());
  await page.keyboard.press("Backspace");
  await page.keyboard.type(" }");
  await sheet.getByText("valid").waitFor();
  await sheet.getByText(`perdure raise-event approve-7f2c19 Approved --input '{"by":"ada","limit":12345678901234567890}'`).waitFor();
  await assertAccessible(page, "raising an event");
  await page.keyboard.press("Control+Enter");

  // The page shows the end without a reload.
  await page.getByRole("main").getByText("Completed").first().waitFor();
  await page.getByText("Event Approved was sent to approve-7f2c19.").waitFor();
  await page.getByRole("row", { name: /Event Approved.*raised/ }).waitFor();
  await page.getByRole("region", { name: "Output", exact: true }).getByText('"ada"').waitFor();
  assertQuiet();
});
