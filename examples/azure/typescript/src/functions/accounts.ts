import { HttpResponseInit } from "@azure/functions";
import * as df from "durable-functions";
import { DurableClient, EntityContext, OrchestrationContext, OrchestrationHandler } from "durable-functions";

/** A stateful entity: the balance of an account. Its operations run one after another. */
df.app.entity("Account", (context: EntityContext<number>) => {
  const balance = context.df.getState(() => 0) ?? 0;
  switch (context.df.operationName) {
    case "deposit":
      context.df.setState(balance + (context.df.getInput<number>() ?? 0));
      break;
    case "reset":
      context.df.setState(0);
      break;
    case "get":
      context.df.return(balance);
      break;
  }
});

interface Transfer {
  readonly from: string;
  readonly to: string;
  readonly amount: number;
}

/** Both accounts are locked meanwhile: nothing else sees the money in neither of them, or in both. */
const transferMoney: OrchestrationHandler = function* (context: OrchestrationContext) {
  const { from, to, amount } = context.df.getInput<Transfer>();
  const source = new df.EntityId("Account", from);
  const target = new df.EntityId("Account", to);
  const lock: { release(): void } = yield context.df.lock(source, target);
  try {
    const balance: number = yield context.df.callEntity(source, "get");
    if (balance < amount) throw new RangeError(`${from} has ${balance}, which is less than ${amount}`);
    yield context.df.callEntity(source, "deposit", -amount);
    yield context.df.callEntity(target, "deposit", amount);
  } finally {
    lock.release();
  }
  return amount;
};
df.app.orchestration("TransferMoney", transferMoney);

df.app.client.http("Deposit", {
  route: "accounts/{name}/deposit/{amount:int}",
  methods: ["POST"],
  handler: async (request, client: DurableClient): Promise<HttpResponseInit> => {
    await client.signalEntity(new df.EntityId("Account", request.params.name), "deposit", Number(request.params.amount));
    return { status: 202 };
  },
});

df.app.client.http("Balance", {
  route: "accounts/{name}",
  methods: ["GET"],
  handler: async (request, client: DurableClient): Promise<HttpResponseInit> => {
    const { entityExists, entityState } = await client.readEntityState<number>(new df.EntityId("Account", request.params.name));
    return entityExists ? { jsonBody: entityState } : { status: 404 };
  },
});

df.app.client.http("Transfer", {
  route: "transfers",
  methods: ["POST"],
  handler: async (request, client: DurableClient) => {
    const instanceId = await client.startNew("TransferMoney", { input: await request.json() });
    return client.createCheckStatusResponse(request, instanceId);
  },
});
