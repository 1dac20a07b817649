import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { TaskHub } from "../../../perdure/src/task-hub/task-hub.ts";
import { shop } from "./shop.ts";
import type { Site, SiteOptions } from "./site.ts";
import { openSite } from "./site.ts";

const HOUR_MS = 3_600_000;

/** A host with one instance of everything that a person can come across: waiting, running, in line, paused, suspended, stopped, failed, ended. */
export async function openShop(options: Omit<SiteOptions, "functions" | "store"> = {}): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), "perdure-shop-"));
  const store = `file:${folder}/shop.db`;
  const before = await openSite({ store, functions: shop(false) });
  await before.hub.client.startNew("FulfilOrder", { instanceId: "order-83977", input: order("P-83977", "dhl", 0), tags: { region: "us" } });
  await untilWaiting(before.hub, "order-83977");
  await before.close();
  const site = await openSite({ ...options, store, functions: shop() });
  await fill(site.hub);
  return {
    ...site,
    async close() {
      await site.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const order = (parcel: string, carrier: string, items: number) => ({ parcel, carrier, items });

async function fill({ client }: TaskHub): Promise<void> {
  await client.raiseEvent("order-83977", "GoOn", null);
  const orders = [order("P-1", "dhl", 2), order("P-2", "northwind", 0), order("P-3-refused", "dhl", 0), order("P-4-refused", "dhl", 0)];
  for (const [at, input] of orders.entries())
    await client.startNew("FulfilOrder", {
      instanceId: `order-8410${at + 1}`,
      input,
      tags: { region: at % 2 === 0 ? "eu" : "us", priority: "" },
    });
  for (const id of ["order-84101", "order-84103", "order-84104"]) await client.waitForCompletion(id, { timeout: "20s" });
  for (const id of ["approve-7f2c19", "approve-7f2b02"])
    await client.startNew("ApproveShipment", { instanceId: id, input: { order: "order-84044", amount: 1840.5 }, tags: { region: "eu" } });
  await client.startNew("ImportCatalogue", { instanceId: "import-2026-11-28", input: { pages: 6, ms: 600_000 } });
  await client.startNew("SyncStock", { instanceId: "sync-warehouse-4", input: 0 });
  await client.startNew("NightlyInvoices", { instanceId: "invoice-2026-11", startAt: new Date(Date.now() + 9 * HOUR_MS) });
  const refund = await client.startNew("RefundOrder", { instanceId: "refund-5512", input: "order-1" });
  await refund.suspend("audit 118");
  const twice = await client.startNew("RefundOrder", { instanceId: "refund-5513", input: "order-1" });
  await twice.terminate({ reason: "the same as refund-5512" });
  await client.waitForCompletion("refund-5513", { timeout: "20s" });
}

/** Until so many activities have ended; there is no call that waits for that. */
export async function untilWaiting({ client }: TaskHub, id: string, activities = 2): Promise<void> {
  for (let round = 0; round < 400; round += 1) {
    const { history = [] } = (await client.getStatus(id, { showHistory: true })) ?? {};
    if (history.filter(({ kind }) => kind === "TaskCompleted").length === activities) return;
    await pause(20);
  }
  throw new Error(`${id} did not come so far`);
}
