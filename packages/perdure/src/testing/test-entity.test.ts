import assert from "node:assert/strict";
import { test } from "node:test";
import { entity, entityRef } from "../functions/entity.ts";
import type { EntityContext } from "../functions/entity-context.ts";
import { orchestratorRef } from "../functions/references.ts";
import { EntityOperationFailedError } from "../replay/failures/function-errors.ts";
import { createTestEntity } from "./test-entity.ts";

class Account {
  balance = 0;
  deposit(amount: number): number {
    this.balance += amount;
    return this.balance;
  }
  withdraw(amount: number, ctx: EntityContext<Account>): void {
    ctx.entity(account, "bank").signal.deposit(1, { at: "1m" });
    this.balance -= amount;
    if (this.balance < 0) throw new RangeError("not enough");
    ctx.startOrchestration(orchestratorRef<number>("Inform"), amount, { instanceId: `${ctx.key}-${amount}` });
  }
  async when(_input: undefined, ctx: EntityContext<Account>): Promise<string> {
    return `${ctx.now.toISOString()} ${ctx.isNew}`;
  }
}
const account = entity("Account", Account);

test("operations run one after another on a state that is stored in between, and what they send is kept", async () => {
  const one = createTestEntity(account, { key: "a" });
  assert.equal(one.state, null);
  assert.deepEqual(await Promise.all([one.call.deposit(5), one.call.deposit(6)]), [5, 11]);
  await one.call.withdraw(3);
  assert.deepEqual(one.state, { balance: 8 });
  assert.deepEqual(one.sent, [
    { kind: "signal", to: "@account@bank", operation: "deposit", input: 1, at: new Date(Date.UTC(2026, 0, 1, 0, 1)) },
    { kind: "start", orchestrator: "Inform", instanceId: "a-3", input: 3, version: null, startAt: null },
  ]);
});

test("a failed operation throws what a caller sees, changes nothing, and the next one runs", async () => {
  const one = createTestEntity(account, { state: { balance: 2 }, now: new Date(5_000) });
  await assert.rejects(
    one.call.withdraw(3),
    (error) => error instanceof EntityOperationFailedError && error.failure.message === "not enough",
  );
  assert.deepEqual([one.state, one.sent], [{ balance: 2 }, []]);
  assert.equal(await one.call.when(), "1970-01-01T00:00:05.000Z false");
  await one.call.delete();
  assert.equal(one.state, null);
});

test("unknown options, keys and references without code are refused", () => {
  assert.throws(() => createTestEntity(account, JSON.parse('{"keys":"a"}')), /keys/);
  assert.throws(() => createTestEntity(account, { key: "a/b" }), /a\/b/);
  assert.throws(() => createTestEntity(entityRef("Elsewhere")), /reference to entity "Elsewhere" without a handler/);
});
