import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { HistoryEvent } from "perdure";
import type { Store } from "../../src/store/contract.ts";
import { openStore } from "../../src/task-hub/open-store.ts";
import { checkDump } from "../../src/testing/invariants/check-dump.ts";
import { describeViolation } from "../../src/testing/invariants/invariant.ts";
import type { Field } from "../testing/child.ts";
import { ledgerOf } from "../testing/child-app.ts";
import { isWorkOpen } from "../testing/open-work.ts";

/** What was acknowledged to the load generator, and what it made hosts do. */
export interface WorkReport {
  readonly starts: number;
  readonly events: number;
  readonly terminates: number;
  readonly completions: number;
  /** Runs of activities beyond the first: what a kill between effect and checkpoint costs. */
  readonly repeats: number;
}

const LOOK_EVERY_MS = 20;

/** Looks at a field's store from outside, without a worker, and compares it with the field's ledgers. */
export class Watch {
  readonly store: Store;
  readonly #field: Field;

  private constructor(store: Store, field: Field) {
    this.store = store;
    this.#field = field;
  }

  /** `url`: another way to the field's store than its hosts take. */
  static async open(field: Field, url = field.store): Promise<Watch> {
    return new Watch(await openStore(url), field);
  }

  async until<T>(what: string, look: () => T | Promise<T>, limitMs: number): Promise<void> {
    const deadline = performance.now() + limitMs;
    while (!(await look())) {
      assert.ok(performance.now() < deadline, `${what}: not seen within ${limitMs} ms`);
      await sleep(LOOK_EVERY_MS);
    }
  }

  async allDone(limitMs: number): Promise<void> {
    await this.until("all work is done", async () => !(await isWorkOpen(this.store)), limitMs).catch(async () => {
      const open = (await this.store.dump()).instances.filter(({ completedAt }) => completedAt === null);
      const left = open.map(({ instanceId, status, owner, wakeAt, stopped }) =>
        [instanceId, status, `owner ${owner} wake ${wakeAt}`, stopped?.message ?? ""].join(" "),
      );
      assert.fail(`not done ${limitMs} ms after the last trouble:\n${left.slice(0, 20).join("\n")}`);
    });
  }

  async checkInvariants(atRest = false): Promise<void> {
    const violations = checkDump(await this.store.dump(), { atRest });
    assert.deepEqual(violations.map(describeViolation), []);
  }

  /** When all work is done and no worker works on it any more. */
  async checkAtRest(): Promise<void> {
    await this.checkInvariants();
    const { repaired } = await this.store.sweep();
    assert.equal(repaired, 0, "instances slept with mail in the box");
    await this.checkInvariants(true);
  }

  /** What the load generator was promised, in order. */
  accepted(): readonly string[] {
    return ledgerOf(this.#field.folder, "accepted").lines();
  }

  /** What was accepted is there, and what is recorded has happened. */
  async compare(): Promise<WorkReport> {
    const { folder } = this.#field;
    const runs = ledgerOf(folder, "runs").lines();
    const ran = new Set(runs);
    const histories = await this.#histories();
    let completions = 0;
    for (const [id, events] of histories) {
      const recorded = new Set(events.flatMap((event) => (event.kind === "TaskScheduled" && event.name === "record" ? [event.id] : [])));
      for (const event of events) {
        if (event.kind !== "TaskCompleted" || !recorded.has(event.taskId)) continue;
        completions += 1;
        assert.ok(ran.has(`${id}:0:${event.taskId}`), `task ${event.taskId} of ${id} is recorded as completed and never ran`);
      }
    }
    const counts = { start: 0, event: 0, terminate: 0 };
    for (const line of this.accepted()) counts[checkAccepted(line, histories)] += 1;
    const { start: starts, event: events, terminate: terminates } = counts;
    return { starts, events, terminates, completions, repeats: runs.length - ran.size };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store.close();
  }

  async #histories(): Promise<ReadonlyMap<string, readonly HistoryEvent[]>> {
    const { instances, history } = await this.store.dump();
    const byNo = new Map<number, HistoryEvent[]>(instances.map(({ no }) => [no, []]));
    const chunks = history.toSorted((a, b) => a.generation - b.generation || a.firstSeq - b.firstSeq);
    for (const { no, events } of chunks) byNo.get(no)?.push(...(JSON.parse(events) as HistoryEvent[]));
    return new Map(instances.map(({ no, instanceId }) => [instanceId, byNo.get(no) ?? []]));
  }
}

function checkAccepted(line: string, histories: ReadonlyMap<string, readonly HistoryEvent[]>): "start" | "event" | "terminate" {
  const [what, id = "", n] = line.split(" ");
  assert.ok(what === "start" || what === "event" || what === "terminate");
  const events = histories.get(id) ?? null;
  const found = {
    start: () => events !== null,
    event: () => events?.some((event) => event.kind === "EventRaised" && event.input === n),
    terminate: () => events?.some((event) => event.kind === "ExecutionTerminated"),
  };
  assert.ok(found[what](), `accepted and lost: ${line}`);
  return what;
}
