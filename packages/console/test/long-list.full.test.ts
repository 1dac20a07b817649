import assert from "node:assert/strict";
import { test } from "node:test";
import type { CDPSession, Page } from "playwright-core";
import { visit } from "./testing/person.ts";
import { shop } from "./testing/shop.ts";
import { openSite } from "./testing/site.ts";
import { stage } from "./testing/stage.ts";

const ROWS = 100_000;
const AT_ONCE = 500;
const STEPS = 200;
const ROUNDS = 5;
/** Of the table in the decision about the page, ms of the browser's main thread. */
const MOST = { load: 300, step: 12, update: 12 };

const shown = stage(async () => {
  const opened = await openSite({ functions: shop(), startsWorker: false });
  for (let no = 0; no < ROWS; no += AT_ONCE)
    await Promise.all(
      Array.from({ length: AT_ONCE }, (_, at) =>
        opened.hub.client.startNew("RefundOrder", { instanceId: `refund-${no + at}`, input: "order", tags: { region: "eu" } }),
      ),
    );
  return opened;
});
const { skip } = shown;

/** Processor time of the page's main thread, ms. */
async function taskTime(session: CDPSession): Promise<number> {
  const { metrics } = await session.send("Performance.getMetrics");
  return (metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0) * 1_000;
}

const frames = (page: Page, script: string) => page.evaluate(`(async () => { ${script} })()`);

test("a list of 100,000 instances is scrolled from end to end, and only what is seen exists", { skip, timeout: 240_000 }, async (t) => {
  const { page, assertQuiet } = await visit(t, shown.browser, "about:blank");
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  await page.goto(shown.site.url);
  const grid = page.getByRole("grid", { name: "Instances" });
  await grid.getByRole("row", { name: /refund-99999/ }).waitFor();
  const load = await taskTime(session);

  await grid.focus();
  for (let pressed = 0; pressed < 400 && (await grid.getAttribute("aria-rowcount")) === "-1"; pressed += 1) {
    await page.keyboard.press("End");
    await page.waitForTimeout(30);
  }
  assert.equal(await grid.getAttribute("aria-rowcount"), `${ROWS + 1}`);
  await page.keyboard.press("End");
  await grid.getByRole("row", { name: /refund-0\b/ }).waitFor();
  assert.ok((await grid.getByRole("row").count()) < 60, "rows out of sight are there");

  await page.getByRole("button", { name: "Pause updates" }).click();
  const before = await taskTime(session);
  await frames(
    page,
    `const grid = document.querySelector("[role=grid]");
     for (let step = 0; step < ${STEPS}; step += 1) {
       grid.scrollTop -= 300;
       await new Promise((resolve) => requestAnimationFrame(resolve));
     }`,
  );
  const step = ((await taskTime(session)) - before) / STEPS;

  await grid.focus();
  await page.keyboard.press("Home");
  await grid.getByRole("row", { name: /refund-99999/ }).waitFor();
  t.diagnostic(`processor time of the page: first load ${load.toFixed(0)} ms, a step of scrolling ${step.toFixed(1)} ms`);
  assert.ok(load <= MOST.load, `the first load takes ${load} ms`);
  assert.ok(step <= MOST.step, `a step of scrolling takes ${step} ms`);
  assertQuiet();
});

test("an update of fifty rows that are seen costs little", { skip, timeout: 120_000 }, async (t) => {
  const busy = await openSite({ functions: shop() });
  t.after(() => busy.close());
  const ids = Array.from({ length: 50 }, (_, no) => `refund-${no}`);
  for (const instanceId of ids) await busy.hub.client.startNew("RefundOrder", { instanceId, input: "order" });
  const { page, assertQuiet } = await visit(t, shown.browser, busy.url);
  await page.setViewportSize({ width: 1440, height: 2_400 });
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const suspended = page.getByRole("grid", { name: "Instances" }).getByText("Suspended", { exact: true });
  await page.getByRole("row", { name: /refund-0\b.*waits for event/ }).waitFor();

  /** Processor time of the page while it takes up again what it has left out, whatever that is: two seconds, so one look at the host and two of its own clock. */
  const takingUp = async (change: () => Promise<void>): Promise<number> => {
    await page.getByRole("button", { name: "Pause updates" }).click();
    await change();
    const before = await taskTime(session);
    await page.getByRole("button", { name: "Go on updating" }).click();
    await page.waitForTimeout(2_000); // a look at the page would be work of the page
    return (await taskTime(session)) - before;
  };
  const all = (does: "suspend" | "resume", status: "Suspended" | "Running") => async (): Promise<void> => {
    for (const id of ids) await busy.hub.client[does](id);
    for (const id of ids) while ((await busy.hub.client.getStatus(id))?.runtimeStatus !== status) await page.waitForTimeout(20);
  };
  const updates: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const nothing = await takingUp(async () => {});
    updates.push((await takingUp(round % 2 === 0 ? all("suspend", "Suspended") : all("resume", "Running"))) - nothing);
    assert.equal(await suspended.count(), round % 2 === 0 ? 50 : 0);
  }
  const [, , update = 0] = updates.toSorted((a, b) => a - b);
  t.diagnostic(
    `processor time of the page: an update of 50 rows ${update.toFixed(1)} ms of ${updates.map((one) => one.toFixed(1)).join(", ")}`,
  );
  // Status, what it does and the counters change at once, on a page of 2,400 px that is painted without a graphics card: three times what one change of text may take.
  assert.ok(update <= 3 * MOST.update, `the update of 50 rows takes ${update} ms`);
  assertQuiet();
});
