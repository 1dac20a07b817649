import * as df from "durable-functions";
import { OrchestrationContext, OrchestrationHandler } from "durable-functions";

export interface Line {
  readonly article: string;
  readonly count: number;
  readonly remark: string;
}

export interface Order {
  readonly id: string;
  readonly lines: readonly Line[];
}

interface PricedLine extends Line {
  readonly cents: number;
}

/** Input, result of the activity and event are a megabyte each. Nothing here compresses, splits or stores them elsewhere. */
const handleOrder: OrchestrationHandler = function* (context: OrchestrationContext) {
  const order = context.df.getInput<Order>();
  const priced: PricedLine[] = yield context.df.callActivity("Price", order.lines);
  context.df.setCustomStatus("priced");
  const delivery: { note: string } = yield context.df.waitForExternalEvent("Delivery");
  return { id: order.id, cents: priced.reduce((sum, { cents }) => sum + cents, 0), note: delivery.note.length };
};
df.app.orchestration("HandleOrder", handleOrder);

df.app.activity("Price", {
  handler: (lines: Line[]): PricedLine[] => lines.map((line) => ({ ...line, cents: line.count * 100 })),
});
