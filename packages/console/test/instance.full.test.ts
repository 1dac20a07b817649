import assert from "node:assert/strict";
import { test } from "node:test";
import { activity, orchestrator } from "../../perdure/src/index.ts";
import { assertAccessible, assertFits, visit } from "./testing/person.ts";
import { openShop } from "./testing/shop-day.ts";
import { openSite } from "./testing/site.ts";
import { stage } from "./testing/stage.ts";

const shown = stage(openShop);
const { skip } = shown;

const at = (address: string): string => `${shown.site.url}#/instances/${address}`;

test("an instance whose code does not fit shows what was recorded beside what the code asks for, and what to do", {
  skip,
  timeout: 60_000,
}, async (t) => {
  const { page, assertQuiet } = await visit(t, shown.browser, at("order-83977"));
  // As the message of the stop counts events, and the command line.
  const told = (await shown.site.hub.client.getStatus("order-83977"))?.stopped?.message ?? "";
  const [, no = "none"] = /\(event (\d+)\)/.exec(told) ?? [];
  await page.getByRole("heading", { name: new RegExp(`The code does not fit the history at event ${no}\\. Nothing is lost`) }).waitFor();
  await page.getByRole("region", { name: "What the history has" }).getByText("activity SendReceipt").waitFor();
  await page.getByRole("region", { name: "What the code asks for" }).getByText("activity ChargeCard").waitFor();
  await page.getByText(/^test\/testing\/shop\.ts:\d+$/).waitFor();
  await page.getByRole("region", { name: "Code that guards a new call" }).getByText("charge-card").waitFor();
  await page.getByRole("link", { name: "in the history" }).click();
  await page.getByRole("row", { name: new RegExp(`^${no} .*TaskScheduled.*SendReceipt`), selected: true }).waitFor();
  await page.getByRole("button", { name: "Restart", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Restart order-83977" });
  await dialog.getByText("perdure restart order-83977").waitFor();
  await dialog.getByRole("button", { name: "Restart", exact: true }).click();
  const toast = page.getByRole("status").filter({ hasText: "was restarted as" });
  await toast.getByRole("link", { name: "Open it" }).click();
  await page.getByRole("heading", { level: 1 }).filter({ hasNotText: "order-83977" }).waitFor();
  assertQuiet();
});

test("a failed activity leads to the line that threw", { skip, timeout: 60_000 }, async (t) => {
  const { page, assertQuiet } = await visit(t, shown.browser, at("order-84103"));
  await page.getByRole("heading", { name: /It failed with the failure of ChargeCard/ }).waitFor();
  await page.getByRole("link", { name: "ChargeCard" }).click();
  const about = page.getByRole("complementary", { name: "About ChargeCard" });
  await about.getByText("PaymentRefusedError: the card was refused (51)", { exact: true }).waitFor();
  await about.getByText(/^test\/testing\/shop\.ts:\d+:\d+$/).waitFor();
  await about.getByText(/^In line$/).waitFor();
  await about.getByText("Stack").click();
  await about.getByText(/at .*shop\.ts/).waitFor();

  await about.getByRole("link", { name: /^events \d+ and \d+$/ }).click();
  const history = page.getByRole("grid", { name: "History of order-84103" });
  await history.getByRole("row", { name: /TaskFailed.*ChargeCard.*the card was refused/, selected: true }).waitFor();
  assertQuiet();
});

test("the timeline is walked by keyboard, opens children, and has an address for each row", { skip, timeout: 60_000 }, async (t) => {
  const { page, assertQuiet } = await visit(t, shown.browser, at("order-84101"));
  const timeline = page.getByRole("treegrid", { name: "Timeline of order-84101" });
  const child = timeline.getByRole("row", { name: /sub-orchestration PackOrder/ });
  await child.waitFor();
  assert.equal(await timeline.getByRole("row", { name: /activity Pack,/ }).count(), 0);
  await timeline.focus();
  const rows = await timeline.getByRole("row").allInnerTexts();
  const steps = rows.findIndex((text) => text.includes("PackOrder")) + 1;
  for (let step = 0; step < steps; step += 1) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowRight");
  await timeline
    .getByRole("row", { name: /activity Pack,.*in line .*ran .*on worker/ })
    .first()
    .waitFor();
  await page.keyboard.press("Enter");
  const about = page.getByRole("complementary", { name: "About PackOrder" });
  await about.getByText("Instance", { exact: true }).waitFor();
  assert.match(page.url(), /row=call/);
  await page.reload();
  await about.waitFor();
  await timeline.focus();
  await page.keyboard.press("Escape");
  await about.waitFor({ state: "detached" });
  assertQuiet();
});

test("a history is found in, cut to what failed, and walked by keyboard", { skip, timeout: 60_000 }, async (t) => {
  const { page, assertQuiet } = await visit(t, shown.browser, at("order-84102/history"));
  const grid = page.getByRole("grid", { name: "History of order-84102" });
  await grid.getByText("Episode 1 · started by a message", { exact: false }).waitFor();
  await page.getByRole("searchbox", { name: "Find in the history" }).fill("shipparcel");
  await grid.getByText("ReserveStock").first().waitFor({ state: "detached" });
  await page.getByRole("searchbox", { name: "Find in the history" }).fill("");
  await page.getByRole("button", { name: /^Events/ }).click();
  await page.getByRole("menuitemradio", { name: "failed only" }).click();
  assert.match(page.url(), /show=failed/);
  const failed = grid.getByRole("row", { name: /TaskFailed.*CarrierError: 503/ });
  await failed.waitFor();
  await grid.focus();
  for (let step = 0; step < 2; step += 1) await page.keyboard.press("ArrowDown");
  const about = page.getByRole("complementary", { name: /^Event \d+$/ });
  await about.getByText("CarrierError: 503 Service Unavailable", { exact: true }).waitFor();
  await about.getByRole("region", { name: "Recorded event: JSON" }).getByText('"TaskFailed"').waitFor();
  await grid.focus();
  await page.keyboard.press("Escape");
  await about.waitFor({ state: "detached" });
  assertQuiet();
});

test("a timeline is drawn wider around its middle, and all of it again; a history stands without its episodes, too", {
  skip,
  timeout: 60_000,
}, async (t) => {
  const { page, assertQuiet } = await visit(t, shown.browser, at("order-84102"));
  const timeline = page.getByRole("treegrid", { name: "Timeline of order-84102" });
  const hidden = () => timeline.evaluate((element) => element.scrollWidth - element.clientWidth);
  await timeline.getByRole("row", { name: /ShipParcel/ }).waitFor();
  assert.equal(await hidden(), 0);
  await page.getByRole("button", { name: "Zoom in" }).click();
  assert.ok((await hidden()) > 400);
  assert.ok((await timeline.evaluate((element) => element.scrollLeft)) > 100, "what was in the middle is seen");
  await timeline.getByText("ShipParcel").first().waitFor();
  await page.getByRole("button", { name: "All of it" }).click();
  assert.equal(await hidden(), 0);

  await page.goto(at("order-83977/history"));
  const grid = page.getByRole("grid", { name: "History of order-83977" });
  await grid.getByRole("row", { name: /SendReceipt.*not what the code asks for now/ }).waitFor();
  await page.getByRole("button", { name: "By episode", pressed: true }).click();
  await grid.getByText(/^Episode 1/).waitFor({ state: "detached" });
  assertQuiet();
});

test("of a history of thousands the end is there first, and only what is seen is drawn", { skip, timeout: 120_000 }, async (t) => {
  // More than a page may have: it is cut, and what is behind the cut is asked for.
  const work = activity("Work", async (n: number) => `${n}`.padEnd(10_000, "."));
  const fan = orchestrator("Fan", async (ctx) => (await ctx.all(Array.from({ length: 700 }, (_, n) => ctx.callActivity(work, n)))).length);
  const wide = await openSite({ functions: [work, fan] });
  t.after(() => wide.close());
  await wide.hub.client.startNew("Fan", { instanceId: "import-long" });
  await wide.hub.client.waitForCompletion("import-long", { timeout: "60s" });
  const { page, assertQuiet } = await visit(t, shown.browser, `${wide.url}#/instances/import-long/history`);
  await page.getByText(/^The first [\d,]+ events are not shown\.$/).waitFor();
  const grid = page.getByRole("grid", { name: "History of import-long" });
  await grid.getByRole("row").nth(3).waitFor();
  assert.ok((await grid.getByRole("row").count()) < 80, "rows that are drawn");
  await page.getByRole("link", { name: /^History 1,4\d\d$/ }).waitFor();
  await grid.focus();
  await page.keyboard.press("End");
  await grid.getByText("ExecutionCompleted").waitFor();
  await page.getByRole("button", { name: "Load earlier ones" }).click();
  await page.getByText(/^The first [\d,]+ events are not shown\.$/).waitFor({ state: "detached" });
  await grid.focus();
  await page.keyboard.press("Home");
  await grid.getByText("ExecutionStarted").waitFor();
  await page.goto(`${wide.url}#/instances/import-long`);
  const timeline = page.getByRole("treegrid", { name: "Timeline of import-long" });
  await timeline
    .getByRole("row", { name: /activity Work/ })
    .first()
    .waitFor();
  assert.equal(await timeline.getAttribute("aria-rowcount"), "701");
  assert.ok((await timeline.getByRole("row").count()) < 80, "rows that are drawn");
  assertQuiet();
});

test("each action says what will happen, and does it", { skip, timeout: 120_000 }, async (t) => {
  await shown.site.hub.client.startNew("RefundOrder", { instanceId: "refund-7", input: "order-7" });
  const { page, assertQuiet } = await visit(t, shown.browser, at("refund-7"), { expected: /404/ });
  const main = page.getByRole("main");
  const act = async (name: string, command: string): Promise<void> => {
    await main.getByRole("button", { name, exact: true }).click();
    const dialog = page.getByRole("dialog", { name: `${name} refund-7` });
    await dialog.getByText(command, { exact: true }).waitFor();
    await dialog.getByRole("button", { name, exact: true }).click();
    await dialog.waitFor({ state: "detached" });
  };
  await main.getByRole("heading", { name: /Waits for event Booked/ }).waitFor();
  await act("Suspend", "perdure suspend refund-7");
  await main.getByText("Suspended", { exact: true }).waitFor();
  await act("Resume", "perdure resume refund-7");
  await main.getByText("Running", { exact: true }).waitFor();
  await main.getByRole("button", { name: "Terminate", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Terminate refund-7" });
  await dialog.getByLabel("Reason").fill("it's enough");
  await dialog.getByText("perdure terminate refund-7 --reason 'it'\\''s enough'").waitFor();
  await assertAccessible(page, "terminate");
  await dialog.getByRole("button", { name: "Terminate", exact: true }).click();
  await main.getByText("Terminated", { exact: true }).waitFor();
  await main.getByText("it's enough").first().waitFor();
  await act("Purge", "perdure purge refund-7");
  await page.getByRole("grid", { name: "Instances" }).waitFor();
  assert.equal(await shown.site.hub.client.getStatus("refund-7"), null);
  await page.goto(at("refund-7"));
  await page.getByRole("heading", { name: "There is no instance refund-7" }).waitFor();
  assertQuiet();
});

test("with a key for reading there is no button that would be refused", { skip, timeout: 60_000 }, async (t) => {
  const other = await openShop({ keys: ["secret"], readKeys: ["reads"] });
  t.after(() => other.close());
  const { page } = await visit(t, shown.browser, `${other.url}#/instances/approve-7f2b02`, { expected: /401/ });
  await page.getByLabel("Key").fill("reads");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: /Waits for event Approved/ }).waitFor();
  for (const name of [/^Raise/, "Suspend", "Terminate", "Restart"])
    assert.equal(await page.getByRole("button", { name }).count(), 0, String(name));
  await page.keyboard.press("e");
  assert.equal(await page.getByRole("dialog").count(), 0);
});

/** An address, a text that is there once its data are, and keys or clicks that open something over it. */
const LOOKS: readonly (readonly [address: string, text: string | RegExp, open?: string])[] = [
  ["order-84102?row=call:3", "CarrierError: 503 Service Unavailable"],
  ["order-84101", "PackOrder"],
  ["order-84101/payloads", "Custom status"],
  ["order-84101/children", "PackOrder"],
  ["order-84103", /It failed with the failure of/],
  ["order-84103/history?show=failed", "TaskFailed"],
  ["order-83977", /The code does not fit/],
  ["import-2026-11-28", /Waits for/],
  ["invoice-2026-11", /is to start/],
  ["sync-warehouse-4", /^Generation 5, which began/],
  ["sync-warehouse-4/history", /It has continued as new 4 times/],
  ["refund-5512", /is suspended/, "Resume"],
  ["approve-7f2b02", /Waits for event Approved/, "Raise event"],
  ["approve-7f2b02", /Waits for event Approved/, "Terminate"],
];

for (const scheme of ["light", "dark"] as const)
  for (const width of [1440, 390] as const)
    test(`nothing is wrong on what shows an instance, ${scheme}, ${width} px wide`, { skip, timeout: 240_000 }, async (t) => {
      const { page, assertQuiet } = await visit(t, shown.browser, at("order-84101"), { scheme, width });
      for (const [address, text, open] of LOOKS) {
        await page.goto(at(address));
        await page.getByText(text).filter({ visible: true }).first().waitFor();
        if (open !== undefined) await page.getByRole("button", { name: open, exact: true }).first().click();
        if (open !== undefined) await page.getByRole("dialog").waitFor();
        await assertAccessible(page, `${address} ${open ?? ""}`);
        await assertFits(page, address);
        if (open !== undefined) await page.keyboard.press("Escape");
      }
      assertQuiet();
    });
