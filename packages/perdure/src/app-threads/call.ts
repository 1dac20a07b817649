import type { AbortReason, NotRun, TaskKey } from "../model/executor.ts";
import type { Linked } from "../model/linked-set.ts";
import { isSameTask, taskKeyText } from "../model/task-id.ts";
import type { Answers, ToThread, Work, WorkKind } from "./messages.ts";
import type { CallKey } from "./suspects.ts";

type WorkOf<Kind extends WorkKind> = Extract<Work, { readonly kind: Kind }>;

interface Holder {
  tell(message: ToThread): void;
}

/** One call on its way through the threads: it may be given to several, one after another, and is answered once. */
export class Call<Kind extends WorkKind = WorkKind> implements Linked<Call> {
  before: Call | null = null;
  after: Call | null = null;
  readonly answer: Promise<Answers[Kind]>;
  work: Work;
  /** Where it is; null: it waits for a thread. */
  thread: Holder | null = null;
  /** It was asked for alone. */
  readonly isAlone: boolean;
  /** Of an activity whose signal was to fire, or an episode that was interrupted. */
  aborted: AbortReason | null = null;
  isOver = false;
  readonly #resolve: (answer: never) => void;

  constructor(work: WorkOf<Kind>) {
    const { promise, resolve } = Promise.withResolvers<Answers[Kind]>();
    this.work = work;
    this.isAlone = "alone" in work.request && work.request.alone;
    this.answer = promise;
    this.#resolve = resolve;
  }

  /** Made only when a thread has ended: a text for each of five activities took 4 µs of the 120 of their orchestration. */
  get key(): CallKey {
    return keyOf(this.work);
  }

  /** Whatever it gives is not taken, and it does not run again: its instance has ended, or is another worker's. */
  get isUnwanted(): boolean {
    return this.aborted !== null && this.aborted !== "shutdown";
  }

  isFor(task: TaskKey): boolean {
    const { kind, request } = this.work;
    return kind === "activity" && isSameTask(request, task);
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
      return taskKeyText(work.request);
    case "invocation":
      return null;
  }
}
