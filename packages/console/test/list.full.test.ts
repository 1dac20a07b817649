import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { after, before, test } from "node:test";
import type { Browser, Locator, Page } from "playwright-core";
import { launchBrowser, noBrowser } from "./testing/browser.ts";
import type { Visit } from "./testing/person.ts";
import { assertAccessible, visit } from "./testing/person.ts";
import { shop } from "./testing/shop.ts";
import type { Site } from "./testing/site.ts";
import { openSite } from "./testing/site.ts";

const skip = noBrowser ?? false;
const options = { skip, timeout: 60_000 };
let browser: Browser;

before(async () => {
  if (skip === false) browser = await launchBrowser();
});
after(() => browser?.close());

interface Opened extends Visit {
  readonly site: Site;
}

async function siteOf(t: TestContext): Promise<Site> {
  const site = await openSite({ functions: shop() });
  t.after(() => site.close());
  return site;
}

/** A host with so many refunds that wait, and its list. */
async function withRefunds(t: TestContext, count: number, address = "#/instances"): Promise<Opened> {
  const site = await siteOf(t);
  for (let no = 1; no <= count; no += 1)
    await site.hub.client.startNew("RefundOrder", { instanceId: `refund-${no}`, input: "order", tags: { region: "eu" } });
  const opened = await visit(t, browser, site.url + address);
  await opened.page
    .getByRole("row", { name: /refund-1\b/ })
    .first()
    .waitFor();
  return { ...opened, site };
}

/** Over http from another machine there is no clipboard for pages but by a selection; what was copied is seen where it is pasted. */
async function assertCopied(page: Page, button: Locator, text: RegExp): Promise<void> {
  await page.evaluate('Object.defineProperty(navigator, "clipboard", { value: undefined })');
  await button.click();
  await page.getByText("The command is copied.").waitFor();
  assert.equal(await button.evaluate((element) => element.matches(":focus")), true, "the focus stays");
  const search = page.getByRole("combobox", { name: "Go to an instance or a function" });
  await search.focus();
  await page.keyboard.press("Control+v");
  assert.match(await search.inputValue(), text);
  await search.fill("");
}

const countOf = async ({ hub }: Site, status: "Suspended" | "Terminated") => (await hub.client.count({ runtimeStatus: [status] })).count;

test("with an empty hub the page shows three steps, and the first starts an instance that the second answers", options, async (t) => {
  const site = await siteOf(t);
  const { page, assertQuiet } = await visit(t, browser, site.url);
  await page.getByText("It runs. Nothing has been started yet.").waitFor();
  await page.getByRole("combobox", { name: "Orchestrator" }).selectOption("ApproveShipment");
  await page.getByRole("button", { name: "Start", exact: true }).first().click();
  await assertCopied(page, page.getByRole("button", { name: "or copy as a command" }), /^perdure start-new ApproveShipment/);
  await page.getByRole("button", { name: "Raise Approved" }).click();
  const [run] = await Array.fromAsync(site.hub.client.query({ name: "ApproveShipment" }));
  const { output } = await site.hub.client.waitForCompletion(run?.instanceId ?? "", { timeout: "10s" });
  assert.deepEqual(output, { order: "A-1", amount: 120, by: "you" });
  assertQuiet();
});

test("several are suspended from the list by keyboard, after the page has said how many", options, async (t) => {
  const { page, site, assertQuiet } = await withRefunds(t, 5);
  await page.getByRole("grid", { name: "Instances" }).focus();
  await page.keyboard.press("j");
  await page.keyboard.press(" ");
  await page.keyboard.press("Shift+ArrowDown");
  await page.keyboard.press("Shift+ArrowDown");
  await page.getByText("3 selected").waitFor();
  await page.getByRole("toolbar").getByRole("button", { name: "Suspend" }).click();
  const sheet = page.getByRole("dialog", { name: "Suspend" });
  await sheet.getByText("To 3 instances").waitFor();
  await assertAccessible(page, "bulk sheet");
  assert.equal(await countOf(site, "Suspended"), 0, "a dry run writes nothing");
  await sheet.getByLabel("Reason").fill("audit 7");
  await page.keyboard.press("Enter");
  await sheet.getByText("Done: 3").waitFor();
  await sheet.getByRole("button", { name: "Close" }).last().click();
  await page.getByRole("row", { name: /Suspended.*refund-5.*audit 7/ }).waitFor();
  assert.equal(await countOf(site, "Suspended"), 3);
  assertQuiet();
});

test("terminating all that match asks for their number", options, async (t) => {
  const { page, site, assertQuiet } = await withRefunds(t, 4);
  await page.getByLabel("Choose refund-1").check({ force: true });
  await page.getByRole("button", { name: "Select all that match" }).click();
  await page.getByRole("toolbar").getByRole("button", { name: "Terminate" }).click();
  const sheet = page.getByRole("dialog", { name: "Terminate" });
  await sheet.getByText("To 4 instances").waitFor();
  const send = sheet.getByRole("button", { name: "Terminate 4 instances" });
  assert.equal(await send.isDisabled(), true);
  await sheet.getByLabel("To go on, type 4").fill("4");
  await send.click();
  await sheet.getByText("Done: 4").waitFor();
  assert.equal(await countOf(site, "Terminated"), 4);
  assertQuiet();
});

test("new instances come by themselves, and are announced while a row is marked", options, async (t) => {
  const { page, site, assertQuiet } = await withRefunds(t, 2);
  const grid = page.getByRole("grid", { name: "Instances" });
  await site.hub.client.startNew("RefundOrder", { instanceId: "refund-3", input: "order" });
  await grid.getByRole("row", { name: /refund-3/ }).waitFor();
  await grid.focus();
  await page.keyboard.press("ArrowDown");
  for (const no of [4, 5]) await site.hub.client.startNew("RefundOrder", { instanceId: `refund-${no}`, input: "order" });
  await page.getByRole("button", { name: "2 new" }).click();
  await grid.getByRole("row", { name: /refund-5/ }).waitFor();
  // A row that is seen shows what becomes of it, without a new list.
  await site.hub.client.raiseEvent("refund-4", "Booked", { id: "b-1" });
  await grid.getByRole("row", { name: /Completed.*refund-4/ }).waitFor();
  assertQuiet();
});

/** Scrolls to the end as a person would, until there is nothing more to load. */
async function scrolledThrough({ page }: Visit): Promise<string> {
  const grid = page.getByRole("grid", { name: "Instances" });
  for (let round = 0; round < 100 && (await grid.getAttribute("aria-rowcount")) === "-1"; round += 1) {
    await grid.evaluate((box) => box.scrollBy(0, 100_000));
    await page.waitForTimeout(50);
  }
  return (await grid.getAttribute("aria-rowcount")) ?? "";
}

const startMany = ({ hub }: Site, from: number, count: number) =>
  Promise.all(
    Array.from({ length: count }, (_, at) => hub.client.startNew("RefundOrder", { instanceId: `refund-${from + at}`, input: "order" })),
  );

test("where more have come than one page holds, the list starts over, and none is left out", options, async (t) => {
  const opened = await withRefunds(t, 2);
  const { page, site, assertQuiet } = opened;
  await page.getByRole("grid", { name: "Instances" }).focus();
  await page.keyboard.press("ArrowDown");
  await startMany(site, 3, 148);
  await page.getByRole("button", { name: "100+ new" }).click();
  await page.getByRole("row", { name: /refund-150\b/ }).waitFor();
  assert.equal(await scrolledThrough(opened), "151");
  assertQuiet();
});

test("a list that takes new rows by itself does not grow for ever", options, async (t) => {
  const site = await siteOf(t);
  await startMany(site, 1, 1_100);
  const opened = await visit(t, browser, site.url);
  const { page, assertQuiet } = opened;
  const grid = page.getByRole("grid", { name: "Instances" });
  await grid
    .getByRole("row", { name: /refund/ })
    .first()
    .waitFor();
  assert.equal(await scrolledThrough(opened), "1101");
  await grid.evaluate((box) => box.scrollTo(0, 0));
  await page.mouse.move(0, 0);
  await startMany(site, 2_000, 1);
  await grid.getByRole("row", { name: /refund-2000/ }).waitFor();
  assert.equal(await grid.getAttribute("aria-rowcount"), "-1", "the oldest are loaded when they are scrolled to");
  assert.equal(await scrolledThrough(opened), "1102");
  assertQuiet();
});

test("filters are the address: a list is kept as a view, shared as a link, and found again by its counter", options, async (t) => {
  const { page, site, assertQuiet } = await withRefunds(t, 3);
  const grid = page.getByRole("grid", { name: "Instances" });
  await site.hub.client.suspend("refund-2");
  await page.getByRole("button", { name: "Status", exact: true }).click();
  await page.getByRole("menuitemcheckbox", { name: "Suspended" }).click();
  await page.keyboard.press("Escape");
  await grid.getByRole("row", { name: /refund-2/ }).waitFor();
  assert.equal(await grid.getByRole("row").count(), 2);
  assert.match(page.url(), /#\/instances\?status=Suspended$/);
  await page.getByRole("button", { name: "Clear Status" }).click();
  await grid.getByRole("row", { name: /refund-1/ }).waitFor();
  await page.getByRole("button", { name: "Status", exact: true }).click();
  await page.getByRole("menuitemcheckbox", { name: "Suspended" }).click();
  await page.keyboard.press("Escape");
  await grid.getByRole("row", { name: /refund-1/ }).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Save view" }).click();
  await page.getByLabel("Name of the view").fill("On hold");
  await page.keyboard.press("Enter");
  const view = page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: "On hold" });
  assert.equal(await view.getAttribute("aria-current"), "page");
  assert.equal(await page.getByRole("button", { name: /^Suspended/ }).getAttribute("aria-pressed"), "true");
  await page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: "All" }).click();
  await grid.getByRole("row", { name: /refund-1/ }).waitFor();
  await page.reload();
  await view.click();
  await grid.getByRole("row", { name: /refund-2/ }).waitFor();
  assertQuiet();
});

test("a slash goes to the search, which finds instances and functions; a question mark lists the keys", options, async (t) => {
  const { page, assertQuiet } = await withRefunds(t, 3);
  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keys of the keyboard" });
  await help.getByText("Raise an event").waitFor();
  await page.keyboard.press("Escape");
  await help.waitFor({ state: "detached" });
  await page.keyboard.press("/");
  await page.keyboard.type("refund");
  await page.getByRole("option", { name: /refund-3/ }).waitFor();
  await page.getByRole("option", { name: "RefundOrder orchestrator" }).waitFor();
  await assertAccessible(page, "search");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "refund-3" }).waitFor();
  assertQuiet();
});

test("what waits for a person is found among all that are open", options, async (t) => {
  const { page, site, assertQuiet } = await withRefunds(t, 2, "#/instances?waits=event");
  await site.hub.client.startNew("SyncStock", { instanceId: "sync-1", input: 9 });
  await page.reload();
  const grid = page.getByRole("grid", { name: "Instances" });
  await grid.getByRole("row", { name: /refund-2/ }).waitFor();
  assert.equal(await grid.getByRole("row", { name: /sync-1/ }).count(), 0);
  await page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: "Waits for a person 2", exact: true }).waitFor();
  assertQuiet();
});
