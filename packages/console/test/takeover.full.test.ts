import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { CliProcess, Folder, PERDURE } from "../../perdure/src/cli/testing/spawn-cli.ts";
import { activity, orchestrator } from "../../perdure/src/index.ts";
import { launchBrowser, noBrowser } from "./testing/browser.ts";
import { visit } from "./testing/person.ts";
import { openSite } from "./testing/site.ts";

/** What both processes have: the names are what counts. */
const APP = `
import { activity, orchestrator } from ${JSON.stringify(PERDURE)};
export const reserve = activity("Reserve", () => "reserved");
export const order = orchestrator("Order", async (ctx) => {
  await ctx.callActivity(reserve);
  await ctx.waitForExternalEvent("Paid");
  return await ctx.callActivity(reserve);
});
`;
const reserve = activity("Reserve", async () => "reserved");
const order = orchestrator("Order", async (ctx) => {
  await ctx.callActivity(reserve);
  await ctx.waitForExternalEvent("Paid");
  return await ctx.callActivity(reserve);
});

test("a worker process that is killed is marked where it had an instance, for a page that is opened later, too", {
  skip: noBrowser ?? false,
  timeout: 300_000,
}, async (t) => {
  using folder = new Folder();
  folder.write("app.mjs", APP);
  const store = `file:${join(folder.path, "hub.db")}`;
  const site = await openSite({ store, functions: [reserve, order], startsWorker: false });
  t.after(() => site.close());
  const browser = await launchBrowser();
  t.after(() => browser.close());

  await using worker = new CliProcess(["start", ".", "--port", "0", "--no-console", "--store", store], folder.path);
  await worker.printed(/"event":"host\.started"/);
  await site.hub.client.startNew("Order", { instanceId: "o-1" });
  const { page, assertQuiet } = await visit(t, browser, `${site.url}#/instances/o-1`);
  page.setDefaultTimeout(60_000);
  await page.getByRole("heading", { name: /^Waits for event Paid/ }).waitFor();
  const number = (await site.hub.hubClient.inspector().instance("o-1"))?.owner?.worker;

  worker.signal("SIGKILL");
  await worker.exited;
  await site.hub.start();
  await site.hub.client.raiseEvent("o-1", "Paid", null);
  const timeline = page.getByRole("treegrid", { name: "Timeline of o-1" });
  const marked = timeline.getByRole("row", { name: new RegExp(`orchestration Order.*worker ${number} died; another took over at`) });
  await marked.waitFor();
  await page.getByRole("main").getByText("Completed", { exact: true }).first().waitFor();
  await page.reload();
  await marked.waitFor();
  await page.goto(`${site.url}#/workers`);
  await page.getByRole("row", { name: new RegExp(`^${number} .*Dead`) }).waitFor();
  assertQuiet();

  // A page that was not open then.
  const other = await visit(t, browser, `${site.url}#/instances/o-1`);
  other.page.setDefaultTimeout(60_000);
  await other.page.getByRole("row", { name: new RegExp(`worker ${number} died; another took over at`) }).waitFor();
  assert.match(await other.page.getByRole("main").innerText(), /worker died/, "the legend says what the mark is");
});
