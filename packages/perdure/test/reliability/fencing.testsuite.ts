import assert from "node:assert/strict";
import { test } from "node:test";
import { Band, ENGINE } from "../testing/band.ts";
import { Field } from "../testing/child.ts";
import { childApp, ledgerOf } from "../testing/child-app.ts";

/** A new store of its own, as long as it is used. Null: a file. */
export type Place = () => Promise<{ readonly url: string | null } & AsyncDisposable>;

/** What a test and a process of its own do on one store. */
class Duel implements AsyncDisposable {
  readonly field: Field;
  readonly band: Band;
  readonly #stack: AsyncDisposableStack;

  private constructor(field: Field, band: Band, stack: AsyncDisposableStack) {
    this.field = field;
    this.band = band;
    this.#stack = stack;
  }

  static async open(place: Place): Promise<Duel> {
    const stack = new AsyncDisposableStack();
    const { url } = stack.use(await place());
    const field = stack.use(new Field(url ?? undefined));
    return new Duel(field, stack.use(await Band.open(field.store)), stack);
  }

  /** How often its activity has begun, in any process. */
  runs(id: string): number {
    return ledgerOf(this.field.folder, "runs").count(id);
  }

  async child() {
    const host = this.field.host("child", { engine: ENGINE });
    await host.ready();
    return host;
  }

  /** Started by a client, so that the child runs it. */
  async runInChild(id: string) {
    const host = await this.child();
    await this.band.client.startNew("gatedOnce", { instanceId: id });
    await this.band.until("it runs in the child", () => this.runs(id) === 1);
    return host;
  }

  join() {
    return this.band.join("here", { functions: childApp(this.field.folder, "here") });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}

export function frozenCase(store: string, place: Place): void {
  test(`case 8: a worker frozen past its lease finds its completion, heartbeat and release refused (${store})`, async () => {
    await using duel = await Duel.open(place);
    const { field, band } = duel;
    const host = await duel.runInChild("frozen");
    await band.client.startNew("sleeps", { instanceId: "idle" }); // to be released by it
    await band.client.waitForStart("idle");
    await band.until("its first heartbeat is stored", async () => (await band.store.dump()).tasks[0]?.progress);
    host.freeze();
    await duel.join();
    await band.until("the other one runs it", () => duel.runs("frozen") === 2);
    field.open("frozen-2");
    await band.expectEnd("frozen", { run: 2, who: "here" });
    const history = await band.history("frozen");

    field.open("frozen-1"); // its late completion waits for it
    host.thaw();
    await band.until("the thawed worker learns that it is dead", () => host.said("worker.lost"));
    const alive = async () => (await band.store.readWorkers()).workers.filter(({ fence }) => fence !== null);
    await band.until("and joins as a new one", async () => (await alive()).length === 2);
    assert.deepEqual(await band.history("frozen"), history);
    await band.expectEnd("frozen", { run: 2, who: "here" });
    await band.check();
    await host.kill();
    await band.client.terminate("idle");
    await band.client.waitForCompletion("idle", { timeout: "15s" });
  });
}

export function stalledCase(store: string, place: Place): void {
  test(`case 9: a worker that claims its instance again after a stall does not record its old attempt (${store})`, async () => {
    await using duel = await Duel.open(place);
    const { field, band } = duel;
    const host = await duel.runInChild("again");
    host.freeze();
    const other = await duel.join();
    await band.until("the other one runs it", () => duel.runs("again") === 2);
    await other.drain(); // hands it back unfinished
    band.members.pop();
    field.open("again-1"); // the old attempt ends as soon as its process thaws
    host.thaw();
    await band.until("the first worker runs it again", () => duel.runs("again") === 3);
    field.open("again-3");
    await band.expectEnd("again", { run: 3, who: "child" });
    assert.equal(await band.completionsOf("again"), 1);
    await band.check();
    await host.kill();
  });
}

export function killedCase(store: string, place: Place): void {
  test(`case 10: killed between side effect and checkpoint, an activity runs again and is recorded once (${store})`, async () => {
    await using duel = await Duel.open(place);
    const { field, band } = duel;
    const host = await duel.child();
    await band.client.startNew("dies", { instanceId: "twice", input: "kill" });
    await host.exited();
    assert.equal(duel.runs("twice"), 1);
    field.open("twice");
    await duel.join();
    await band.expectEnd("twice", "survived");
    assert.equal(duel.runs("twice"), 2);
    assert.equal(await band.completionsOf("twice"), 1);
    await band.check();
  });
}

export function fencingCases(store: string, place: Place): void {
  frozenCase(store, place);
  stalledCase(store, place);
  killedCase(store, place);
}

/** A new file for each. */
export const onFile: Place = async () => ({ url: null, [Symbol.asyncDispose]: () => Promise.resolve() });
