const df = require("durable-functions");

// The programs of bench/lib/system.ts, as a user of Azure writes them, and one that keeps its thread from everything else.

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

df.app.orchestration("long", function* (context) {
  const count = context.df.getInput();
  let n = 0;
  while (n < count) n = yield context.df.callActivity("tick", n);
  return n;
});

df.app.orchestration("blocks", function* (context) {
  yield context.df.callActivity("block", context.df.getInput());
});

df.app.activity("sayHello", { handler: ({ city, n }) => `Hello ${city} ${n}!` });
df.app.activity("square", { handler: (n) => n * n });
df.app.activity("tick", { handler: (n) => n + 1 });
df.app.activity("block", { handler: (ms) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms) });
