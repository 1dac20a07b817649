import assert from "node:assert/strict";
import { test } from "node:test";
import { TestFleet } from "../fleet/fleet.testsuite.ts";
import { type Library, RELEASES, v3App, v3Executor } from "./testing/v3-app.ts";

for (const release of RELEASES) {
  test(`${release}: activities in sequence`, async () => {
    const app = v3App(
      release,
      (df: Library) => {
        df.app.orchestration("hello", function* (context) {
          const names: string[] = [];
          for (const city of ["Tokyo", "Seattle", "London"]) names.push(yield context.df.callActivity("greet", city));
          return names;
        });
      },
      { greet: (city) => `Hello ${city}` },
    );
    await using fleet = await TestFleet.open(1, { store: "memory", functions: () => [], executor: () => v3Executor(app) });
    await fleet.start(0, "hello", "one");
    assert.deepEqual(await fleet.end("one"), ["Hello Tokyo", "Hello Seattle", "Hello London"]);
  });
}
