import assert from "node:assert/strict";
import { test } from "node:test";
import { orchestrator } from "perdure";
import type { GroupCommit } from "../../src/store/commit.ts";
import type { Store } from "../../src/store/contract.ts";
import { AwayHub } from "../store-away/away-hub.testsuite.ts";

const echo = orchestrator("echo", async (_ctx, input: string) => input.length);

/** Rows of clients in one commit, and the bytes in them. */
function sizeOf({ creates, messages }: GroupCommit): { readonly rows: number; readonly bytes: number } {
  const inputs = [
    ...creates.map(({ start }) => start.input),
    ...messages.map(({ message }) => (message.kind === "event" ? message.input : null)),
  ];
  return { rows: inputs.length, bytes: inputs.reduce((sum, input) => sum + (input?.length ?? 0), 0) };
}

interface Measured {
  readonly hub: AwayHub;
  /** Of its commits. */
  readonly largest: { rows: number; bytes: number };
  /** The store's next answer with reserved numbers waits for this. */
  readonly numbers: { wait: Promise<void> };
}

async function measured(): Promise<Measured> {
  const largest = { rows: 0, bytes: 0 };
  const numbers = { wait: Promise.resolve() };
  const around = (store: Store): Store => ({
    ...store,
    reserveNumbers: async (count) => {
      await numbers.wait;
      return store.reserveNumbers(count);
    },
    commit: (batch) => {
      const { rows, bytes } = sizeOf(batch);
      largest.rows = Math.max(largest.rows, rows);
      largest.bytes = Math.max(largest.bytes, bytes);
      return store.commit(batch);
    },
  });
  return { hub: await AwayHub.open({ functions: [echo], around }), largest, numbers };
}

const CALLS = [
  ["starts", (hub: AwayHub, n: number, input: string) => hub.client.startNew("echo", { instanceId: `i-${n}`, input })],
  ["events to instances elsewhere", (hub: AwayHub, n: number, input: string) => hub.client.raiseEvent(`elsewhere-${n}`, "E", input)],
] as const;

/** Whether it was accepted, or there is no such instance: in both cases it was in a commit. */
const answered = (call: Promise<unknown>): Promise<boolean> =>
  call.then(
    () => true,
    (error: { readonly code?: unknown }) => error.code === "INSTANCE_NOT_FOUND",
  );

type Kind = (typeof CALLS)[number][0];
const callOf = (what: Kind) => (CALLS.find(([name]) => name === what) ?? CALLS[0])[1];

/** More than the 2,000 rows that a batch may have. */
export function manyRowsCase(what: Kind, count: number): void {
  const call = callOf(what);
  test(`${count} ${what} that come in one turn are several commits, none of which has more rows than a batch may have`, async () => {
    const { hub, largest } = await measured();
    await using _ = hub;
    const calls = Array.from({ length: count }, (_unused, n) => answered(call(hub, n, "")));
    await hub.pass(10_000);
    assert.ok((await Promise.all(calls)).every(Boolean));
    assert.ok(largest.rows > 1_000 && largest.rows <= 2_000, `${largest.rows} rows in one commit`);
  });
}

export function manyBytesCase(what: Kind): void {
  const call = callOf(what);
  test(`30 ${what} of 800 KB that come in one turn are several commits`, async () => {
    const { hub, largest } = await measured();
    await using _ = hub;
    const calls = Array.from({ length: 30 }, (_unused, n) => answered(call(hub, n, "x".repeat(800_000))));
    await hub.pass(10_000);
    assert.ok((await Promise.all(calls)).every(Boolean));
    assert.ok(largest.bytes > 3_000_000 && largest.bytes < 5_000_000, `${largest.bytes} bytes in one commit`);
  });
}

export function numbersCase(): void {
  test("starts that wait together for reserved numbers are several commits too", async () => {
    const { hub, largest, numbers } = await measured();
    await using _ = hub;
    let come = () => {};
    numbers.wait = new Promise((resolve) => {
      come = resolve;
    });
    // Without a worker's numbers a start would go to the store by itself: so many take what is left of the first block, and the rest wait.
    const calls = Array.from({ length: 24_000 }, (_unused, n) =>
      answered(hub.client.startNew("echo", { instanceId: `i-${n}`, input: "" })),
    );
    await hub.pass(5_000);
    come();
    await hub.pass(20_000);
    assert.ok((await Promise.all(calls)).every(Boolean));
    assert.ok(largest.rows > 1_000 && largest.rows <= 2_000, `${largest.rows} rows in one commit`);
  });
}
