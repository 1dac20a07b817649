import * as df from "durable-functions";
import { DurableClient, EntityContext, OrchestrationContext, OrchestrationHandler } from "durable-functions";

/** State under a key: one operation at a time. */
df.app.entity("Counter", (context: EntityContext<number>) => {
  const count = context.df.getState(() => 0) ?? 0;
  switch (context.df.operationName) {
    case "add":
      context.df.setState(count + (context.df.getInput<number>() ?? 0));
      break;
    case "reset":
      context.df.setState(0);
      break;
    case "get":
      context.df.return(count);
      break;
  }
});

/** Calls wait for the result, signals do not; both arrive in this order. */
const count: OrchestrationHandler = function* (context: OrchestrationContext) {
  const amounts = context.df.getInput<number[]>();
  const counter = new df.EntityId("Counter", "orchestrated");
  yield context.df.callEntity(counter, "reset");
  for (const amount of amounts) context.df.signalEntity(counter, "add", amount);
  const counted: number = yield context.df.callEntity(counter, "get");
  return counted;
};
df.app.orchestration("Count", count);

df.app.client.http("StartCount", {
  route: "counts",
  methods: ["POST"],
  handler: async (request, client: DurableClient) => {
    const instanceId = await client.startNew("Count", { input: await request.json() });
    return client.createCheckStatusResponse(request, instanceId);
  },
});

/** A client signals and reads. */
df.app.client.http("SignalCounter", {
  route: "counters/{key}/{operation}",
  methods: ["POST"],
  handler: async (request, client: DurableClient) => {
    const amount = await request.text();
    const { key, operation } = request.params;
    await client.signalEntity(new df.EntityId("Counter", key), operation, amount === "" ? undefined : Number(amount));
    return { status: 202 };
  },
});

df.app.client.http("ReadCounter", {
  route: "counters/{key}",
  methods: ["GET"],
  handler: async (request, client: DurableClient) => {
    const { entityExists, entityState } = await client.readEntityState<number>(new df.EntityId("Counter", request.params.key));
    return entityExists ? { jsonBody: entityState } : { status: 404 };
  },
});
