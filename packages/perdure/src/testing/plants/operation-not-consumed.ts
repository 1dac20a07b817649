import type { Plant } from "./plant.ts";

export const operationNotConsumed: Plant = {
  name: "operation-not-consumed",
  sentence:
    "An operation changes the state of an entity, and its message is consumed by a later commit: a death between the two has it run again.",
  file: "engine/entities/entity-record.ts",
  search: "    batch.consume(instance, mail.slice(0, commit.taken));",
  replace: "    void committer.flushed().then(() => committer.gathering.consume(instance, mail.slice(0, commit.taken)));",
  seed: 6,
};
