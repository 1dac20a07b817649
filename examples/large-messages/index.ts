import { activity, orchestrator } from "perdure";

export interface Order {
  readonly id: string;
  readonly lines: readonly { readonly article: string; readonly count: number; readonly remark: string }[];
}

export const price = activity("Price", (lines: Order["lines"]) =>
  lines.map(({ article, count, remark }) => ({ article, count, remark, cents: count * 100 })),
);

/** Input, result of the activity and event are a megabyte each. Nothing here compresses or splits them: the store does. */
export const handleOrder = orchestrator("HandleOrder", async (ctx, order: Order) => {
  const priced = await ctx.callActivity(price, order.lines);
  const delivery = await ctx.waitForExternalEvent<{ readonly note: string }>("Delivery");
  return { id: order.id, cents: priced.reduce((sum, { cents }) => sum + cents, 0), note: delivery.note.length };
});

/** A message of whatever queue you have. It may come twice, as every queue's may. */
export interface Message {
  readonly id: string;
  readonly body: string;
}

export interface Queue {
  /** Null: it is empty. */
  receive(): Promise<Message | null>;
  /** It is done and must not come again. */
  complete(message: Message): Promise<void>;
}
