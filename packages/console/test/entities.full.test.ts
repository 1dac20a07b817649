import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { entity, orchestrator } from "../../perdure/src/index.ts";
import { TaskHub } from "../../perdure/src/task-hub/task-hub.ts";
import { assertAccessible, assertFits, visit } from "./testing/person.ts";
import { openSite } from "./testing/site.ts";
import { stage } from "./testing/stage.ts";

const counter = entity("Counter", {
  initialState: () => 0,
  operations: {
    add: (ctx, n: number) => {
      ctx.state += n;
    },
  },
});
const other = orchestrator("Other", async () => "done");

/** A hub with an entity whose function no worker has: it is stopped, and a signal waits. */
const shown = stage(async () => {
  const folder = mkdtempSync(join(tmpdir(), "perdure-entities-"));
  const store = `file:${join(folder, "hub.db")}`;
  const before = await TaskHub.open(store, { functions: [counter], log: false, name: "orders" });
  await before.client.entity(counter, "home").signal.add(1);
  await before.close();
  const site = await openSite({ store, functions: [other] });
  return {
    ...site,
    close: async () => {
      await site.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
});

test("a stopped entity tries again or is led past what stops it, and each dialog has the command that does the same", {
  skip: shown.skip,
  timeout: 120_000,
}, async (t) => {
  const { page, assertQuiet } = await visit(t, shown.browser, `${shown.site.url}#/entities/@counter@home`);
  const detail = page.getByLabel("The chosen entity");
  await detail.getByText("Stopped", { exact: true }).waitFor({ timeout: 60_000 });
  const dialog = page.getByRole("dialog");
  await detail.getByRole("button", { name: "Signal…" }).click();
  await dialog.getByLabel("Operation").fill("add");
  await dialog.getByText("perdure entities signal counter home add").waitFor();
  await page.keyboard.press("Escape");

  await detail.getByRole("button", { name: "Try again…" }).click();
  await dialog.getByText("perdure entities resume counter home").waitFor();
  await assertAccessible(page, "to try again");
  await dialog.getByRole("button", { name: "Try again", exact: true }).click();
  await page.getByText("@counter@home is to try again.").waitFor();
  await detail.getByText("Stopped", { exact: true }).waitFor({ timeout: 60_000 });

  await detail.getByRole("button", { name: "Skip the operation…" }).click();
  await dialog.getByLabel("Reason").fill("it went away");
  await dialog.getByText("perdure entities skip counter home --reason 'it went away'").waitFor();
  await assertFits(page, "to skip an operation");
  await dialog.getByRole("button", { name: "Skip the operation", exact: true }).click();
  await detail.getByText(/add: .*it went away/).waitFor({ timeout: 60_000 });
  assertQuiet();
});
