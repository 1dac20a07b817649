import assert from "node:assert/strict";
import { test } from "node:test";
import type { HttpContext } from "../../functions/http.ts";
import { http } from "../../functions/http.ts";
import { limitedFunctions } from "./request-gate.ts";

/** A function that answers when it is told to; and what its requests were answered. */
function heldFunction(limits: Parameters<typeof limitedFunctions>[1]) {
  const begun: PromiseWithResolvers<Response>[] = [];
  const held = http("Held", () => {
    const answer = Promise.withResolvers<Response>();
    begun.push(answer);
    return answer.promise;
  });
  const [limited] = limitedFunctions([held], limits);
  assert.ok(limited?.kind === "http");
  const call = async () => (await limited.handler(new Request("http://localhost/api/Held"), {} as HttpContext)) as Response;
  return { begun, call };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test("of more than maxConcurrentRequests some wait, and begin in their order when a body was read, was given up, or a function failed", async () => {
  const { begun, call } = heldFunction({ concurrent: 1, outstanding: null });
  const answers = [call(), call(), call(), call(), call()];
  answers[3]?.catch(() => {});
  const beganAfter = async (what: Promise<unknown> | undefined) => {
    await what?.catch(() => {});
    await turn();
    return begun.length;
  };
  assert.equal(await beganAfter(undefined), 1);
  begun[0]?.resolve(new Response("text"));
  const first = await answers[0];
  assert.equal(await beganAfter(undefined), 1, "its body was not read");
  assert.equal(await first?.text(), "text");
  assert.equal(await beganAfter(undefined), 2);
  begun[1]?.resolve(new Response("text"));
  assert.equal(await beganAfter((await answers[1])?.body?.cancel()), 3);
  begun[2]?.resolve(new Response(null));
  assert.equal(await beganAfter(answers[2]), 4);
  begun[3]?.reject(new Error("on purpose"));
  assert.equal(await beganAfter(answers[3]), 5);
  begun[4]?.resolve(new Response(null, { status: 201 }));
  assert.equal((await answers[4])?.status, 201);
});

test("an answer that its caller gives up while it waits for a part gives its place to one request, and not to two", async () => {
  const { begun, call } = heldFunction({ concurrent: 1, outstanding: null });
  const first = call();
  for (let waiting = 0; waiting < 2; waiting += 1) void call();
  begun[0]?.resolve(new Response(new ReadableStream())); // it never has one
  const reader = (await first).body?.getReader();
  const part = reader?.read();
  await turn();
  await reader?.cancel();
  await part;
  await turn();
  assert.equal(begun.length, 2);
});

test("beyond maxOutstandingRequests the answer is 429, until one is over", async () => {
  const { begun, call } = heldFunction({ concurrent: 1, outstanding: 2 });
  const held = [call(), call()];
  assert.equal((await call()).status, 429);
  begun[0]?.resolve(new Response(null));
  await held[0];
  const third = call();
  await turn();
  for (const answer of begun) answer.resolve(new Response(null));
  await turn();
  for (const answer of begun) answer.resolve(new Response(null));
  assert.deepEqual([(await held[1])?.status, (await third).status], [200, 200]);
});
