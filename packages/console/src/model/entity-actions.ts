export type EntityAction = "resume" | "skip" | "purge";

export interface EntityActionWords {
  readonly name: string;
  /** What will happen, before it does. */
  readonly consequence: string;
  /** Said when it was accepted. */
  readonly done: string;
}

export const ENTITY_ACTIONS: Readonly<Record<EntityAction, EntityActionWords>> = {
  resume: {
    name: "Try again",
    consequence: "It tries the operation that is next once more. If that stops it again, nothing is lost.",
    done: "is to try again.",
  },
  skip: {
    name: "Skip the operation",
    consequence:
      "The operation that is next fails without having run, and the entity goes on with the one behind it. Who called it gets the failure. The state stays as it is. This cannot be undone.",
    done: "goes on behind the operation.",
  },
  purge: {
    name: "Purge",
    consequence:
      "Its state is deleted, and so are all operations that came before and have not run: who waits for one gets a failure. A lock stays with its holder. The next operation begins with a new state. This cannot be undone.",
    done: "is purged.",
  },
};
