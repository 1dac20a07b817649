const df = require("durable-functions");

// The programs of bench/lib/system.ts, as a user of Azure writes them.

const CITIES = ["Tokyo", "Seattle", "London", "Cairo", "Lima"];
const FAN_OUT = 1_000;

df.app.orchestration("hello", function* (context) {
  const n = context.df.getInput();
  const greetings = [];
  for (const city of CITIES) greetings.push(yield context.df.callActivity("sayHello", { city, n }));
  return greetings;
});

df.app.orchestration("fan-out", function* (context) {
  const base = context.df.getInput();
  const calls = Array.from({ length: FAN_OUT }, (_, index) => context.df.callActivity("square", base + index));
  const squares = yield context.df.Task.all(calls);
  return squares.reduce((sum, value) => sum + value, 0);
});

df.app.orchestration("event", function* (context) {
  return yield context.df.waitForExternalEvent("go");
});

df.app.activity("sayHello", { handler: ({ city, n }) => `Hello ${city} ${n}!` });
df.app.activity("square", { handler: (n) => n * n });
