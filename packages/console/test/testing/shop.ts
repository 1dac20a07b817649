import { setTimeout as pause } from "node:timers/promises";
import type { RegisteredFunction } from "../../../perdure/src/functions/registry.ts";
import { activity, entity, externalEvent, orchestrator, schedule } from "../../../perdure/src/index.ts";

/** An app as people write them: orders that are packed and shipped, approvals that wait for a person, and the stock as an entity. */

class CarrierError extends Error {
  override readonly name = "CarrierError";
}

class PaymentRefusedError extends Error {
  override readonly name = "PaymentRefusedError";
}

export interface Order {
  readonly parcel: string;
  readonly carrier: string;
  readonly items: number;
}

const reserveStock = activity("ReserveStock", async ({ parcel }: Order) => `${parcel} is reserved`);
const sendReceipt = activity("SendReceipt", async ({ parcel }: Order) => `receipt of ${parcel}`);
const chargeCard = activity("ChargeCard", async ({ parcel }: Order) => {
  if (parcel.includes("refused")) throw new PaymentRefusedError("the card was refused (51)");
  return 1840.5;
});
/** Takes as long as it is told: what runs, and what waits in line for it, can be looked at. */
const pack = activity("Pack", { maxConcurrent: 2 }, async (ms: number, { signal }) => {
  await pause(ms, undefined, { signal });
  return ms;
});
const shipParcel = activity("ShipParcel", async ({ parcel, carrier }: Order) => {
  if (carrier === "northwind") throw new CarrierError("503 Service Unavailable");
  return `${parcel} is shipped`;
});
const sendMail = activity("SendMail", async (to: string) => `mail to ${to}`);

export const stock = entity("StockItem", {
  initialState: () => ({ left: 10, reserved: [] as string[] }),
  operations: {
    take: (ctx, parcel: string) => {
      ctx.state = { left: ctx.state.left - 1, reserved: [...ctx.state.reserved, parcel] };
      return ctx.state.left;
    },
    get: (ctx) => ctx.state,
  },
});

const packOrder = orchestrator("PackOrder", async (ctx, items: readonly number[]) => {
  await ctx.all(items.map((ms) => ctx.callActivity(pack, ms)));
  return items.length;
});

/** `isNew`: charges the card where the old code sent a receipt, so that what has begun with the old one does not fit. */
const fulfilOrder = (isNew: boolean) =>
  orchestrator("FulfilOrder", { version: isNew ? "3" : "2" }, async (ctx, order: Order) => {
    await ctx.callActivity(reserveStock, order);
    await ctx.callActivity(isNew ? chargeCard : sendReceipt, order);
    if (!isNew) await ctx.waitForExternalEvent("GoOn");
    ctx.setCustomStatus("shipping");
    await ctx.entity(stock, "sku-7781").call.take(order.parcel);
    if (order.items > 0)
      await ctx.callSubOrchestrator(
        packOrder,
        Array.from({ length: order.items }, () => 20),
      );
    return await ctx.callActivity(shipParcel, order, { retry: { maxAttempts: 5, firstInterval: "1h" } });
  });

export const approved = externalEvent<{ by: string }>("Approved");

const approveShipment = orchestrator(
  "ApproveShipment",
  { version: "1" },
  async (ctx, order: { readonly order: string; readonly amount: number }) => {
    await ctx.callActivity(sendMail, "ops@orders.example");
    const answer = ctx.waitForExternalEvent(approved);
    const escalation = ctx.createTimer({ hours: 3 });
    const { winner } = await ctx.any([answer, escalation]);
    if (winner === escalation) return "escalated";
    escalation.cancel();
    return { ...order, ...(await answer) };
  },
);

const importCatalogue = orchestrator(
  "ImportCatalogue",
  { version: "5" },
  async (ctx, { pages, ms }: { readonly pages: number; readonly ms: number }) =>
    ctx.all(Array.from({ length: pages }, () => ctx.callActivity(pack, ms))),
);

const syncStock = orchestrator("SyncStock", { version: "9" }, async (ctx, round: number) => {
  if (round > 3) await ctx.createTimer({ hours: 2 });
  return ctx.continueAsNew(round + 1);
});

const nightlyInvoices = orchestrator("NightlyInvoices", { version: "2" }, async (ctx) =>
  ctx.callActivity(sendMail, "accounts@orders.example"),
);
const refundOrder = orchestrator("RefundOrder", { version: "1" }, async (ctx, order: string) => {
  const { id } = await ctx.waitForExternalEvent<{ id: string }>("Booked");
  return `${order}: ${id}`;
});

const nightly = schedule("nightly-invoices", "30 23 * * *", nightlyInvoices, { timeZone: "Europe/Berlin" });

/** What does not ship orders. */
export const besideOrders: readonly RegisteredFunction[] = [
  ...[sendMail, stock, approveShipment, syncStock, nightlyInvoices, refundOrder, nightly],
];

export const shop = (isNew = true): readonly RegisteredFunction[] => [
  ...[reserveStock, sendReceipt, chargeCard, pack, shipParcel, packOrder, fulfilOrder(isNew), importCatalogue],
  ...besideOrders,
];
