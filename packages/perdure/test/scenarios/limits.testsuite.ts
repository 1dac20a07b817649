import assert from "node:assert/strict";
import type { ActivityFailedError } from "perdure";
import { activity, OrchestrationFailedError, orchestrator, PerdureError } from "perdure";
import type { Scenario, Suite } from "../matrix.ts";

const LIMIT = 100 * 1_024;
/** JSON of exactly so many bytes: two for each letter, two for the quotes. */
const textOf = (bytes: number) => `${bytes % 2 === 0 ? "" : "x"}${"é".repeat((bytes - 2) >> 1)}`;

const length = orchestrator("length", (_, text: string) => text.length);
const eventLength = orchestrator("eventLength", async (ctx) => (await ctx.waitForExternalEvent<string>("Text")).length);
const make = activity("make", (bytes: number) => textOf(bytes));
const makes = orchestrator("makes", (ctx, bytes: number) =>
  ctx.callActivity(make, bytes).then(
    (text) => text.length,
    (error: ActivityFailedError) => error.failure.message,
  ),
);
const returns = orchestrator("returns", (_, bytes: number) => textOf(bytes));
const status = orchestrator("status", async (ctx, letters: number) => {
  ctx.setCustomStatus("é".repeat(letters - 2));
  await ctx.createTimer("1ms");
  return "set";
});
const big = orchestrator("big", async (ctx, text: string) => {
  const size = await ctx.callActivity(measure, text);
  const event = await ctx.waitForExternalEvent<string>("Big");
  return { size, event: event.length, text };
});
const measure = activity("measure", (text: string) => text.length);

const tooLarge = (error: unknown) =>
  error instanceof PerdureError && error.code === "PAYLOAD_TOO_LARGE" && error.message.includes(`${LIMIT + 1} bytes`);

const scenarios: readonly Scenario[] = [
  {
    title: "case 38: an input and an event of the limit's size are taken, one byte more is refused and nothing is written",
    async run(stand, id) {
      assert.equal(Buffer.byteLength(JSON.stringify(textOf(LIMIT + 1))), LIMIT + 1);
      await stand.client.startNew(length, { instanceId: `${id}-in`, input: textOf(LIMIT) });
      await assert.rejects(stand.client.startNew(length, { instanceId: `${id}-over`, input: textOf(LIMIT + 1) }), tooLarge);
      assert.equal(await stand.client.getStatus(`${id}-over`), null);
      const run = await stand.client.startNew(eventLength, { instanceId: `${id}-ev` });
      await assert.rejects(run.raiseEvent("Text", textOf(LIMIT + 1)), tooLarge);
      await run.raiseEvent("Text", textOf(LIMIT));
      await stand.expectEnd(`${id}-in`, "Completed", textOf(LIMIT).length);
      await stand.expectEnd(`${id}-ev`, "Completed", textOf(LIMIT).length);
    },
  },
  {
    title: "case 38: an activity result of the limit's size is taken, one byte more fails the call in words",
    async run(stand, id) {
      await stand.client.startNew(makes, { instanceId: `${id}-at`, input: LIMIT });
      await stand.expectEnd(`${id}-at`, "Completed", textOf(LIMIT).length);
      await stand.client.startNew(makes, { instanceId: `${id}-over`, input: LIMIT + 1 });
      const { output } = await stand.end(`${id}-over`);
      assert.match(String(output), new RegExp(`result of activity "make" has ${LIMIT + 1} bytes.*${LIMIT}`));
    },
  },
  {
    title: "case 38: an output of the limit's size is kept, one byte more fails the orchestration in words",
    async run(stand, id) {
      await stand.client.startNew(returns, { instanceId: `${id}-at`, input: LIMIT });
      assert.equal(((await stand.end(`${id}-at`)).output as string).length, textOf(LIMIT).length);
      const run = await stand.client.startNew(returns, { instanceId: `${id}-over`, input: LIMIT + 1 });
      await assert.rejects(
        run.result(),
        (error) => error instanceof OrchestrationFailedError && error.message.includes(`${LIMIT + 1} bytes`),
      );
    },
  },
  {
    title: "case 38: a custom status of 8,192 characters of JSON is kept, one more fails in words",
    async run(stand, id) {
      await stand.client.startNew(status, { instanceId: `${id}-at`, input: 8_192 });
      await stand.expectEnd(`${id}-at`, "Completed", "set");
      assert.equal((await stand.status(`${id}-at`)).customStatus, "é".repeat(8_190));
      const run = await stand.client.startNew(status, { instanceId: `${id}-over`, input: 8_193 });
      await assert.rejects(run.result(), (error) => error instanceof OrchestrationFailedError && error.message.includes("16386 bytes"));
    },
  },
];

export const limitSuite: Suite = {
  name: "limits",
  functions: [length, eventLength, make, makes, returns, status],
  scenarios,
  maxPayloadBytes: LIMIT,
};

/** With the default limit. */
export const bigSuite: Suite = {
  name: "big payloads",
  functions: [big, measure],
  scenarios: [
    {
      title: "5 MB travel through input, activity, event and output",
      async run(stand, id) {
        const text = "5 MB, ünlike others. ".repeat(250_000);
        const run = await stand.client.startNew(big, { instanceId: id, input: text });
        await run.raiseEvent("Big", text);
        await stand.expectEnd(id, "Completed", { size: text.length, event: text.length, text });
      },
    },
  ],
};
