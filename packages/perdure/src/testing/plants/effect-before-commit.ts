import type { Plant } from "./plant.ts";

export const effectBeforeCommit: Plant = {
  name: "effect-before-commit",
  sentence: "An activity starts before the commit that records it.",
  file: "engine/episodes/episode-rows.ts",
  search: 'if (event.kind === "TaskScheduled") this.#schedule(batch, instance, event, generation);',
  replace:
    'if (event.kind === "TaskScheduled") this.#port.dispatcher.submit({ no: instance.no, generation, eventId: event.id, instanceId: state.instanceId, name: event.name, input: event.input, attempt: event.retry?.attempt ?? 1, timeoutMs: event.timeoutMs ?? null, progress: event.progress ?? null });',
  seed: 1,
};
