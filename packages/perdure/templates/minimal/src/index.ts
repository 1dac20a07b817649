import { activity, http, onStart, orchestrator } from "perdure";

/** Does the work. It may call services, read files, fail and be tried again; its result is recorded. */
export const greet = activity("Greet", async (city: string) => `Hello, ${city}!`);

/** Says what is done and in which order. After a restart it is replayed from what was recorded, so all else is done in activities. */
export const greetAll = orchestrator("GreetAll", async (ctx, cities: readonly string[]) => {
  return await Promise.all(cities.map((city) => ctx.callActivity(greet, city)));
});

/** http://localhost:7071/api/greet starts one and answers with its result; one that takes longer than 5 seconds, with the URLs of its status. */
export const start = http("Start", { methods: ["GET", "POST"], route: "greet" }, async (request, { client }) => {
  const run = await client.startNew(greetAll, { input: ["Tokyo", "Seattle", "London"] });
  return client.waitForCompletionOrCreateCheckStatusResponse(request, run.instanceId, { timeout: "5s" });
});

/** One to look at in the console, at the first start. Take this out when you know your way. */
export const example = onStart(async ({ client }) => {
  await client.startNew(greetAll, { instanceId: "first", input: ["Cairo"], onExisting: "attach" });
});
