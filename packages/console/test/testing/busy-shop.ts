import { setTimeout as pause } from "node:timers/promises";
import type { RegisteredFunction } from "../../../perdure/src/functions/registry.ts";
import { activity, orchestrator } from "../../../perdure/src/index.ts";
import { besideOrders, stock } from "./shop.ts";

/** The shop on a day with much to do: steps that take a while, wait in line, are tried again and run beside each other. */

class CarrierError extends Error {
  override readonly name = "CarrierError";
}

class PaymentRefusedError extends Error {
  override readonly name = "PaymentRefusedError";
}

class PaymentGatewayError extends Error {
  override readonly name = "PaymentGatewayError";
}

export interface BusyOrder {
  readonly parcel: string;
  /** Northwind answers with 503. */
  readonly carrier: "dhl" | "northwind";
  /** The first call of an amex is not answered in time, an expired card is refused. */
  readonly card: "visa" | "amex" | "expired";
  /** Each step of its handling takes as many ms. */
  readonly weightGrams: number;
  readonly items: readonly number[];
  readonly to: { readonly country: string; readonly zip: string };
}

const reserveStock = activity("ReserveStock", async ({ weightGrams }: BusyOrder) => {
  await pause(weightGrams);
  return { reserved: true, shelf: "B-12" };
});
const sendReceipt = activity("SendReceipt", async ({ parcel }: BusyOrder) => `receipt of ${parcel}`);
const chargeCard = activity("ChargeCard", async ({ card, weightGrams }: BusyOrder, { attempt }) => {
  await pause(weightGrams / 2);
  if (card === "expired") throw new PaymentRefusedError("the card was refused (51)");
  if (card === "amex" && attempt === 1) throw new PaymentGatewayError("timeout after 1000 ms");
  return { amount: 1840.5, currency: "EUR" };
});
const pack = activity("Pack", { maxConcurrent: 2 }, async (ms: number) => {
  await pause(ms);
  return ms;
});
const weighParcel = activity("WeighParcel", async (weightGrams: number) => {
  await pause(weightGrams);
  return weightGrams;
});
const shipParcel = activity("ShipParcel", async ({ carrier, parcel, weightGrams }: BusyOrder) => {
  await pause(weightGrams * 1.5);
  if (carrier === "northwind") throw new CarrierError("503 Service Unavailable");
  return { parcel, label: "JD0146000034" };
});
const renderInvoice = activity("RenderInvoice", { timeout: "20ms" }, async (no: number) => {
  await pause(200 + no);
  return no;
});
const importPage = activity("ImportPage", { maxConcurrent: 8 }, async ({ ms, page }: { readonly ms: number; readonly page: number }) => {
  await pause(ms);
  return page;
});

const packOrder = orchestrator("PackOrder", async (ctx, { items, weightGrams }: BusyOrder) => {
  await ctx.all(items.map((ms) => ctx.callActivity(pack, ms)));
  return await ctx.callActivity(weighParcel, weightGrams);
});

/** `isNew`: charges the card where the old code sent a receipt, so that what has begun with the old one does not fit. */
const fulfilOrder = (isNew: boolean) =>
  orchestrator("FulfilOrder", { version: isNew ? "3" : "2" }, async (ctx, order: BusyOrder) => {
    await ctx.callActivity(reserveStock, order);
    if (isNew) await ctx.callActivity(chargeCard, order, { retry: { maxAttempts: order.card === "expired" ? 1 : 2, firstInterval: "2s" } });
    else await ctx.callActivity(sendReceipt, order);
    if (!isNew) await ctx.waitForExternalEvent("GoOn");
    const deadline = ctx.createTimer({ hours: 24 });
    const cancelled = ctx.waitForExternalEvent("Cancelled");
    await ctx.callSubOrchestrator(packOrder, order, { instanceId: `${ctx.instanceId}-pack` });
    await ctx.entity(stock, "sku-7781").call.take(order.parcel);
    ctx.setCustomStatus("shipping");
    const firstInterval = { milliseconds: order.weightGrams * 2 };
    const shipped = ctx.callActivity(shipParcel, order, { retry: { maxAttempts: 5, firstInterval, backoff: 1.5 } });
    const { winner } = await ctx.any([shipped, cancelled, deadline]);
    deadline.cancel();
    return winner === shipped ? await shipped : "not shipped";
  });

const importCatalogue = orchestrator(
  "ImportCatalogue",
  { version: "5" },
  async (ctx, { pages, ms }: { readonly pages: number; readonly ms: number }) =>
    (await ctx.all(Array.from({ length: pages }, (_, page) => ctx.callActivity(importPage, { page, ms })))).length,
);
const printInvoice = orchestrator("PrintInvoice", { version: "2" }, async (ctx, no: number) => ctx.callActivity(renderInvoice, no));
const sendFax = orchestrator("SendFaxes", { version: "1" }, async (ctx, to: string) => ctx.callActivity("SendFax", to));
const countStock = orchestrator("CountStock", { version: "8" }, async (_, counted: { readonly shelves?: { readonly left: number } }) =>
  Number(JSON.stringify(counted.shelves?.left).length),
);

export const busyShop = (isNew = true): readonly RegisteredFunction[] => [
  ...[reserveStock, sendReceipt, chargeCard, pack, weighParcel, shipParcel, renderInvoice, importPage],
  ...[packOrder, fulfilOrder(isNew), importCatalogue, printInvoice, sendFax, countStock],
  ...besideOrders,
];
