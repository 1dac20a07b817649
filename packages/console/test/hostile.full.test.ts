import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { test } from "node:test";
import { activity, orchestrator } from "../../perdure/src/index.ts";
import { visit } from "./testing/person.ts";
import { openSite } from "./testing/site.ts";
import { stage } from "./testing/stage.ts";

// What others have written is text, wherever it is shown.

const HTML = `<img src=x onerror="window.hit=1"><svg onload=window.hit=1>`;
const ATTRIBUTE = `" onfocus="window.hit=1" autofocus x="`;
const TURNED = "\u202Eevitca";
const IDS = [
  HTML,
  ATTRIBUTE,
  TURNED,
  "%2e%2e%2F",
  "a b&c=d;e,f:g",
  "-rf",
  "'; DROP TABLE instances; --",
  "{{7*7}}$(id)",
  "ідентифікатор 🛒",
];
const CONTROLS = "a\u0000b\u0007c\r\nd\u001B[31me\u2028f";

const refuses = activity(`Refuses${HTML}`, () => {
  throw Object.assign(new Error(`${HTML}\n${CONTROLS}${"x".repeat(1_000_000)}`), { name: ATTRIBUTE, html: HTML });
});
const waits = orchestrator(`Waits${HTML}`, { version: `1${ATTRIBUTE}` }, async (ctx, input: unknown) => {
  ctx.setCustomStatus({ [HTML]: [CONTROLS, "\uD800", input] });
  await ctx.waitForExternalEvent(`${HTML}${CONTROLS}`);
  await ctx.callActivity(refuses);
});

const shown = stage(() => openSite({ functions: [waits, refuses] }));
const options = { skip: shown.skip, timeout: 120_000 };

/** One of each id, of which the first has failed. */
async function started(): Promise<void> {
  const { client } = shown.site.hub;
  for (const instanceId of IDS)
    await client.startNew(waits, { instanceId, input: `${HTML}${CONTROLS}`, tags: { [HTML]: ATTRIBUTE, "": "" } });
  await client.waitForStart(HTML);
  await client.raiseEvent(HTML, `${HTML}${CONTROLS}`, HTML);
  await client.waitForCompletion(HTML);
}

async function look(t: TestContext) {
  const visited = await visit(t, shown.browser, shown.site.url);
  const assertText = async (what: string): Promise<void> => {
    const found = await visited.page.evaluate<readonly unknown[]>(
      "[window.hit === 1, document.querySelectorAll('img[src=x], [onfocus], [onload], [onerror]').length]",
    );
    assert.deepEqual(found, [false, 0], what);
  };
  return { ...visited, assertText };
}

test("each screen shows what others have written as text, and leads to each instance", options, async (t) => {
  await started();
  const { page, assertText, assertQuiet } = await look(t);
  for (const screen of ["instances", "failures", "workers", "functions", "entities", "schedules"]) {
    await page.goto(`${shown.site.url}#/${screen}`);
    await page.getByRole("navigation", { name: "Screens" }).waitFor();
    await page.waitForTimeout(300);
    await assertText(screen);
  }
  for (const id of IDS) {
    await page.goto(`${shown.site.url}#/instances`);
    const link = page.getByRole("grid", { name: "Instances" }).getByRole("link", { name: id, exact: true });
    await link.click();
    await page.getByRole("heading", { level: 1, name: id, exact: true }).waitFor();
    for (const tab of ["Timeline", "History", "Input and output"]) {
      await page.getByRole("link", { name: tab }).first().click();
      await assertText(`${id}: ${tab}`);
    }
  }
  await page.goto(`${shown.site.url}#/instances/${encodeURIComponent(ATTRIBUTE)}`);
  await page.getByRole("heading", { level: 1, name: ATTRIBUTE, exact: true }).waitFor();
  await page.getByText("Waits for event").first().waitFor();
  await page.keyboard.press("e");
  await page.getByRole("dialog", { name: "Raise an event" }).waitFor();
  await assertText("raising an event");
  assertQuiet();
});

test("what turns the direction of an id or a name turns nothing beside it", options, async (t) => {
  const { page } = await look(t);
  await page.getByRole("navigation", { name: "Screens" }).waitFor();
  // As text: the page's types are not those of the tests.
  const order = await page.evaluate<
    readonly boolean[]
  >(`[["a", ""], ["b", ""], ["span", "id"], ["span", "fn"], ["span", "mono"]].map(([tag, look]) => {
    const line = document.body.appendChild(document.createElement("p"));
    const name = line.appendChild(document.createElement(tag));
    name.className = look;
    name.textContent = ${JSON.stringify(TURNED)};
    const beside = line.appendChild(document.createElement("i"));
    beside.textContent = " fails";
    return name.getBoundingClientRect().left < beside.getBoundingClientRect().left;
  })`);
  assert.deepEqual(order, [true, true, true, true, true]);
});

test("two clicks send once", options, async (t) => {
  const { page } = await look(t);
  const { client } = shown.site.hub;
  const count = async () => (await client.count({})).count;
  const before = await count();
  await page.getByLabel("Choose -rf").check({ force: true });
  await page.getByRole("toolbar").getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Restart" }).click();
  const sheet = page.getByRole("dialog", { name: "Restart" });
  await sheet.getByText("To 1 instance").waitFor();
  await sheet.getByRole("button", { name: "Restart 1 instance" }).dblclick();
  await sheet.getByText("Done: 1").waitFor();
  assert.equal(await count(), before + 1);
});
