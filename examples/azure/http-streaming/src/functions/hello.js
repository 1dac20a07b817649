import { app } from "@azure/functions";
import * as df from "durable-functions";

df.app.orchestration("HelloCities", function* (context) {
  const cities = [];
  for (const city of ["Tokyo", "Seattle", "London"]) cities.push(yield context.df.callActivity("Hello", city));
  return cities;
});

df.app.activity("Hello", { handler: (city) => `${process.env.GREETING}, ${city}!` });

app.http("StartOrchestration", {
  route: "orchestrators/{orchestrationName}",
  extraInputs: [df.input.durableClient()],
  handler: async (request, context) => {
    const client = df.getClient(context);
    const instanceId = await client.startNew(request.params.orchestrationName, { input: await request.text() });
    return client.createCheckStatusResponse(request, instanceId);
  },
});
