import { activity, externalEvent, http, NonRetriableError, onStart, orchestrator } from "perdure";
import type { ToolCall, Turn } from "./model.ts";
import { answer, toolCallIn } from "./model.ts";
import { page } from "./page.ts";

export interface Decision {
  readonly allowed: boolean;
  readonly by: string;
}

export const decided = externalEvent<Decision>("Decided");

/** One request to the model. A page that watches shows its words as they come; only the whole answer is recorded, and never asked for again. */
export const ask = activity(
  "AskModel",
  { timeout: "2m", retry: { maxAttempts: 4, firstInterval: "2s", backoff: 3 } },
  async (turns: readonly Turn[], { heartbeat, signal }) => {
    let text = "";
    for await (const words of answer(turns, signal)) {
      text += words;
      heartbeat(text);
    }
    return text;
  },
);

/** Does what the model asked for. The key lets a service recognise a call that it has carried out already. */
export const useTool = activity("UseTool", async ({ tool, input }: ToolCall, { idempotencyKey, log }) => {
  if (tool !== "refund") throw new NonRetriableError(`there is no tool "${tool}"`);
  log.info(`Refunding order ${input} with the key ${idempotencyKey}.`);
  return `order ${input} is refunded`;
});

const MOST_STEPS = 10;

/** Asks the model, has a person allow what it wants to do, does it, and asks again. It outlives its process at each of these steps. */
export const agent = orchestrator("Agent", async (ctx, question: string) => {
  const turns: Turn[] = [{ role: "user", text: question }];
  for (let step = 0; step < MOST_STEPS; step++) {
    const text = await ctx.callActivity(ask, turns);
    const call = toolCallIn(text);
    if (call === null) return text;
    ctx.setCustomStatus({ waitsFor: "a decision", ...call });
    const decision = await ctx.waitForExternalEvent(decided, { timeout: "3d", default: null });
    ctx.setCustomStatus(null);
    const said = decision?.allowed === true ? await ctx.callActivity(useTool, call) : "it was not allowed";
    turns.push({ role: "assistant", text }, { role: "tool", text: said });
  }
  return "I could not finish within the steps that I may take.";
});

/** http://localhost:7071/api/agent: ask, read along, decide. */
export const show = http("Page", { methods: ["GET"], route: "agent" }, () => {
  return new Response(page, { headers: { "content-type": "text/html; charset=utf-8" } });
});

export const start = http("Ask", { methods: ["POST"], route: "agent" }, async (request, { client }) => {
  const { instanceId } = await client.startNew(agent, { input: await request.text() });
  return Response.json({ id: instanceId }, { status: 202 });
});

export const decide = http("Decide", { methods: ["POST"], route: "agent/{id}/decision" }, async (request, { client, params }) => {
  await client.raiseEvent(params.id ?? "", decided, (await request.json()) as Decision);
  return new Response(null, { status: 202 });
});

/** Two to look at in the console, at the first start: one has ended, one waits for you. Take this out when you know your way. */
export const examples = onStart(async ({ client }) => {
  if ((await client.getStatus("first")) !== null) return;
  await client.startNew(agent, { instanceId: "first", input: "Please refund order 7" });
  await client.raiseEvent("first", decided, { allowed: true, by: "Grace" });
  await client.startNew(agent, { instanceId: "second", input: "Please refund order 8" });
});
