import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { test } from "node:test";
import { TaskHub } from "perdure";
import { Folder } from "../lib/folder.ts";
import { consume } from "./consume.ts";
import type { Message, Order, Queue } from "./index.ts";
import { handleOrder, price } from "./index.ts";

const MB = 1_024 * 1_024;

/** A megabyte of JSON. */
function orderOf(id: string, count: number): Order {
  const line = { article: "a hat", count, remark: `wrapped as a present, ${"with a ribbon, ".repeat(60)}` };
  const lines = Math.ceil(MB / JSON.stringify(line).length);
  return { id, lines: Array.from({ length: lines }, () => line) };
}

/** At least once, as queues deliver. */
class TestQueue implements Queue {
  readonly completed: string[] = [];
  readonly #waiting: Message[];

  constructor(messages: readonly Message[]) {
    this.#waiting = [...messages];
  }

  async receive(): Promise<Message | null> {
    return this.#waiting.shift() ?? null;
  }

  async complete({ id }: Message): Promise<void> {
    this.completed.push(id);
  }
}

test("messages of a megabyte start orchestrations, once each, and the store compresses what goes through it", async () => {
  using folder = new Folder();
  const path = folder.file("hub.db");
  const orders = [orderOf("1", 1), orderOf("2", 3)];
  {
    await using hub = await TaskHub.open(`file:${path}`, { functions: [handleOrder, price] });
    await hub.start();
    const messages = orders.map((order) => ({ id: order.id, body: JSON.stringify(order) }));
    assert.ok(messages.every(({ body }) => body.length > MB));
    const [first] = messages;
    assert.ok(first !== undefined);
    const queue = new TestQueue([...messages, first]);
    assert.equal(await consume(queue, hub.client), 3);
    assert.deepEqual(queue.completed, ["1", "2", "1"]);
    for (const order of orders) {
      const run = hub.client.handle(handleOrder, `order-${order.id}`);
      await run.raiseEvent("Delivery", { note: "n".repeat(MB) });
      const count = order.lines[0]?.count ?? 0;
      assert.deepEqual(await run.result({ timeout: "30s" }), { id: order.id, cents: order.lines.length * count * 100, note: MB });
      const status = await run.status();
      assert.deepEqual(status.input, order);
    }
    assert.equal((await Array.fromAsync(hub.client.query({ showPayloads: false }))).length, 2);
  }
  // Two inputs, each also in the history, two results and two events: eight megabytes went through it.
  assert.ok(statSync(path).size < 2 * MB, `${statSync(path).size} bytes`);
});
