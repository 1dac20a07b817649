import assert from "node:assert/strict";
import { test } from "node:test";
import { orchestrator } from "perdure";
import { wrapExecutor } from "../../src/executors/wrap-executor.ts";
import type { EpisodeResult, Executor } from "../../src/model/executor.ts";
import { TestFleet } from "../fleet/fleet.testsuite.ts";

const waits = orchestrator("waits", (ctx) => ctx.waitForExternalEvent<string>("Go"));

test("the sender of a message that a long episode has taken is told that the episode runs, and not that the store fails", async () => {
  const answers: (() => void)[] = [];
  const executor = (native: Executor) =>
    wrapExecutor(native, {
      runEpisode: (request) => {
        if (request.episode === 0) return native.runEpisode(request);
        return new Promise<EpisodeResult>((resolve, reject) => {
          answers.push(() => void native.runEpisode(request).then(resolve, reject));
        });
      },
    });
  const fleet = await TestFleet.open(1, { store: "memory", functions: () => [waits], executor });
  await using _ = fleet;
  await fleet.start(0, "waits", "one");
  const refused = assert.rejects(fleet.client(0).raiseEvent({ instanceId: "one", name: "Go", input: null }), {
    accepted: "unknown",
    message: /nothing was sent to it yet, since an episode that is still running has taken the call/,
  });
  await fleet.advance(120_000);
  await refused;
  assert.equal(answers.length, 1);
  answers[0]?.();
  await fleet.end("one");
});
