import type { AbortReason, NotRun } from "../model/executor.ts";
import type { Answers, ToThread, Work, WorkKind } from "./messages.ts";
import type { CallKey } from "./suspects.ts";

type WorkOf<Kind extends WorkKind> = Extract<Work, { readonly kind: Kind }>;

interface Holder {
  tell(message: ToThread): void;
}

/** One call on its way through the threads: it may be given to several, one after another, and is answered once. */
export class Call<Kind extends WorkKind = WorkKind> {
  readonly key: CallKey;
  readonly answer: Promise<Answers[Kind]>;
  work: Work;
  /** Where it is; null: it waits for a thread. */
  thread: Holder | null = null;
  /** It was asked for alone. */
  readonly isAlone: boolean;
  /** Of an activity whose signal was to fire. */
  aborted: AbortReason | null = null;
  isOver = false;
  readonly #resolve: (answer: never) => void;

  constructor(work: WorkOf<Kind>) {
    const { promise, resolve } = Promise.withResolvers<Answers[Kind]>();
    this.work = work;
    this.key = keyOf(work);
    this.isAlone = "alone" in work.request && work.request.alone;
    this.answer = promise;
    this.#resolve = resolve;
  }

  settle(answer: Answers[Kind]): void {
    this.isOver = true;
    this.#resolve(answer as never);
  }

  /** Of any kind but an invocation. */
  notRun(answer: NotRun): void {
    this.settle(answer as Answers[Kind]);
  }
}

function keyOf(work: Work): CallKey {
  switch (work.kind) {
    case "episode":
    case "entity":
      return `${work.request.no}`;
    case "activity":
      return taskKey(work.request);
    case "invocation":
      return null;
  }
}

export const taskKey = ({
  no,
  generation,
  eventId,
}: {
  readonly no: number;
  readonly generation: number;
  readonly eventId: number;
}): string => `${no}:${generation}:${eventId}`;
