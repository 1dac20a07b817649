import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { openSqliteStore } from "../../../perdure/src/stores/sqlite/sqlite-store.ts";
import { TaskHub } from "../../../perdure/src/task-hub/task-hub.ts";
import type { BusyOrder } from "./busy-shop.ts";
import { busyShop } from "./busy-shop.ts";
import { untilWaiting } from "./shop-day.ts";
import type { Site, SiteOptions } from "./site.ts";
import { openSite } from "./site.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const OTHER_WORKERS = 2;

const order = (no: number, parts: Partial<BusyOrder> = {}): BusyOrder => ({
  parcel: `P-${no}`,
  carrier: "dhl",
  card: "visa",
  weightGrams: 4,
  items: [2, 3, 2],
  to: { country: "DE", zip: "10115" },
  ...parts,
});

const tagsOf = (no: number): { readonly [tag: string]: string } =>
  no % 5 === 1 ? { region: "eu", priority: "" } : { region: no % 3 === 0 ? "us" : "eu" };

/** The same file at several times of a day: what began in the morning is hours old, and no test has waited for it. */
class Day {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  openStore(ago = 0) {
    return openSqliteStore({ path: this.#path, now: () => Date.now() - ago });
  }

  async at(ago: number, run: (hub: TaskHub) => Promise<unknown>, isNew = true): Promise<void> {
    await using hub = await TaskHub.open("memory:", {
      store: await this.openStore(ago),
      functions: busyShop(isNew),
      log: false,
      name: "orders",
    });
    await hub.start();
    await run(hub);
  }
}

async function fulfil({ client }: TaskHub, from: number, count: number, parts: Partial<BusyOrder> = {}): Promise<void> {
  const ids = Array.from({ length: count }, (_, at) => from + at);
  await Promise.all(
    ids.map((no) => client.startNew("FulfilOrder", { instanceId: `order-${no}`, input: order(no, parts), tags: tagsOf(no) })),
  );
  await Promise.all(ids.map((no) => client.waitForCompletion(`order-${no}`, { timeout: "60s" })));
}

/** All that lies behind: what has ended, failed, waits, or sleeps. */
async function past(day: Day): Promise<void> {
  await day.at(26 * 24 * HOUR_MS, ({ client }) => client.startNew("SyncStock", { instanceId: "sync-warehouse-4", input: 0 }));
  for (const hours of [22, 17, 12, 7, 2]) {
    await day.at(hours * HOUR_MS, async (hub) => {
      await fulfil(hub, 83_700 + (22 - hours) * 10, 24);
      await fulfil(hub, 83_730 + (22 - hours) * 10, 2, { card: "expired" });
    });
  }
  await day.at(9 * HOUR_MS, async ({ client }) => {
    for (const no of [1, 2, 3, 4]) await client.startNew("PrintInvoice", { instanceId: `invoice-11-${no}`, input: no });
    for (const no of [1, 2, 3, 4]) await client.waitForCompletion(`invoice-11-${no}`, { timeout: "20s" });
    await client.startNew("NightlyInvoices", { instanceId: "invoice-2026-11", startAt: new Date(Date.now() + 9 * HOUR_MS) });
  });
  await day.at(5 * HOUR_MS, async ({ client }) => {
    await client.startNew("CountStock", { instanceId: "count-17", input: {} });
    await client.waitForCompletion("count-17", { timeout: "20s" });
  });
  await waits(day);
  for (const [minutes, count] of [
    [56, 3],
    [38, 5],
    [17, 8],
  ] as const)
    await day.at(minutes * MINUTE_MS, (hub) => fulfil(hub, 84_060 - minutes, count, { carrier: "northwind" }));
  await day.at(3 * MINUTE_MS, (hub) => fulfil(hub, 84_100, 20));
}

async function waits(day: Day): Promise<void> {
  const approve = (id: string, tags: { readonly [tag: string]: string }) => async (hub: TaskHub) => {
    const input = { order: "order-84044", customer: "Nordlys AB", amount: 1840.5, items: 12, askedBy: "fulfilment" };
    await hub.client.startNew("ApproveShipment", { instanceId: id, input, tags });
    await untilWaiting(hub, id, 1);
  };
  await day.at(2.97 * HOUR_MS, approve("approve-7f2b02", { region: "us" }));
  await day.at(2.23 * HOUR_MS, approve("approve-7f2c19", { region: "eu", big: "" }));
  await day.at(64 * MINUTE_MS, async ({ client }) => {
    const refund = await client.startNew("RefundOrder", { instanceId: "refund-5512", input: "order-83920", tags: { region: "us" } });
    await refund.suspend("audit 118");
  });
  await day.at(
    43 * MINUTE_MS,
    async (hub) => {
      const ids = [83_977, 83_978, 83_981].map((no) => `order-${no}`);
      for (const [at, instanceId] of ids.entries())
        await hub.client.startNew("FulfilOrder", { instanceId, input: order(83_977 + at), tags: { region: "us" } });
      for (const id of ids) await untilWaiting(hub, id);
    },
    false,
  );
  await day.at(41 * MINUTE_MS, async ({ client }) => {
    for (const no of [83_977, 83_978, 83_981]) await client.raiseEvent(`order-${no}`, "GoOn", null);
    await pause(300);
  });
}

/** What happens while the page is looked at; over when order-84121 has failed to ship for the third time. */
async function present({ client }: TaskHub): Promise<void> {
  await client.startNew("ImportCatalogue", { instanceId: "import-2026-11-28", input: { pages: 400, ms: 9_000 } });
  const slow = { weightGrams: 2_140, items: [5_200, 4_100, 4_600] };
  await client.startNew("FulfilOrder", {
    instanceId: "order-84121",
    input: order(84_121, { ...slow, carrier: "northwind", card: "amex" }),
    tags: tagsOf(84_121),
  });
  await pause(9_000);
  for (const no of [84_122, 84_123, 84_124])
    await client.startNew("FulfilOrder", {
      instanceId: `order-${no}`,
      input: order(no, { ...slow, items: [60_000, 60_000] }),
      tags: tagsOf(no),
    });
  await pause(20_000);
  await client.startNew("SendFaxes", { instanceId: "fax-118", input: "+49 30 1234" });
  await client.startNew("FulfilOrder", { instanceId: "order-84125", input: order(84_125), tags: tagsOf(84_125) });
  await pause(7_000);
}

/** A host with a day behind it and work in progress, on one file with other workers; it takes a minute. */
export async function openBusyDay(options: Omit<SiteOptions, "functions" | "store"> = {}): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), "perdure-day-"));
  const day = new Day(`${folder}/orders.db`);
  await past(day);
  const site = await openSite({ ...options, store: await day.openStore(), functions: busyShop() });
  const others = await Promise.all(
    Array.from({ length: OTHER_WORKERS }, async () => {
      const hub = await TaskHub.open("memory:", { store: await day.openStore(), functions: busyShop(), log: false, name: "orders" });
      await hub.start();
      return hub;
    }),
  );
  await present(site.hub);
  return {
    ...site,
    async close() {
      await site.close();
      for (const hub of others) await hub.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
