import type { Plant } from "./plant.ts";

export const effectBeforeCommit: Plant = {
  name: "effect-before-commit",
  sentence: "An activity starts before the commit that records it.",
  file: "engine/episodes/episode-rows.ts",
  search: "this.#schedule(batch, instance, call, generation);",
  replace:
    "this.#port.dispatcher.submit({ no: instance.no, generation, eventId: call.id, instanceId: state.instanceId, name: call.name, input: call.input, attempt: call.retry?.attempt ?? 1, timeoutMs: call.timeoutMs ?? null, progress: call.progress ?? null });",
  seed: 1,
};
