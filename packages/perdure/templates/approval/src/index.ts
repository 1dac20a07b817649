import { activity, externalEvent, http, onStart, orchestrator } from "perdure";

export interface Expense {
  readonly who: string;
  readonly amount: number;
}

export interface Decision {
  readonly approved: boolean;
  readonly by: string;
}

/** An event with a name and a type, for those who wait for it and those who send it. */
export const decided = externalEvent<Decision>("Decided");

/** Where the money would leave. A failure is tried again; the key lets a payment service recognise a call that it has carried out already. */
export const pay = activity(
  "Pay",
  { retry: { maxAttempts: 5, firstInterval: "2s", backoff: 2 } },
  async ({ who, amount }: Expense, { idempotencyKey, log }) => {
    log.info(`Paying ${amount} to ${who} with the key ${idempotencyKey}.`);
    return `${amount} paid to ${who}`;
  },
);

/** Waits for a decision, for three days. Meanwhile it costs a row in the store, and the host may be stopped and started. */
export const approval = orchestrator("Approval", async (ctx, expense: Expense) => {
  ctx.setCustomStatus(`waits for a decision on ${expense.amount} for ${expense.who}`);
  const decision = ctx.waitForExternalEvent(decided);
  const expired = ctx.createTimer({ days: 3 });
  const { winner } = await ctx.any([decision, expired]);
  if (winner !== decision) return "not decided within 3 days";
  expired.cancel();
  const { approved, by } = winner.result;
  if (!approved) return `refused by ${by}`;
  const receipt = await ctx.callActivity(pay, expense);
  return `${receipt}, approved by ${by}`;
});

export const submit = http("Submit", { methods: ["POST"], route: "expenses/{id}" }, async (request, { client, params }) => {
  const { id = "" } = params;
  await client.startNew(approval, { instanceId: id, input: (await request.json()) as Expense });
  return client.createCheckStatusResponse(request, id);
});

export const decide = http("Decide", { methods: ["POST"], route: "expenses/{id}/decision" }, async (request, { client, params }) => {
  await client.raiseEvent(params.id ?? "", decided, (await request.json()) as Decision);
  return new Response(null, { status: 202 });
});

/** Two to look at in the console, at the first start: one has ended, one waits for you. Take this out when you know your way. */
export const examples = onStart(async ({ client }) => {
  if ((await client.getStatus("first")) !== null) return;
  await client.startNew(approval, { instanceId: "first", input: { who: "Linus", amount: 40 } });
  await client.raiseEvent("first", decided, { approved: true, by: "Grace" });
  await client.startNew(approval, { instanceId: "second", input: { who: "Ada", amount: 120 } });
});
