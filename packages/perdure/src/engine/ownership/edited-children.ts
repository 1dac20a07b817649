import { childRefused, childStart } from "../../core/child-start.ts";
import { isFreshlyEdited } from "../../core/edited.ts";
import { foldAll } from "../../core/fold.ts";
import type { InstanceState } from "../../core/state.ts";
import type { Failure } from "../../model/failure.ts";
import { NON_ERROR } from "../../model/failure.ts";
import type { HistoryEvent, SubOrchestrationInstanceCreated } from "../../model/history.ts";
import type { EventId, InstanceId, InstanceNo } from "../../model/ids.ts";
import { executionId } from "../../model/ids.ts";
import type { ChildResultMessage } from "../../model/message.ts";
import { payload } from "../../model/payload.ts";
import type { StartSpec } from "../../model/start.ts";
import { parseHistory } from "../../store/parse.ts";
import type { InstanceRow, LoadedInstance } from "../../store/rows.ts";
import type { Committer } from "../commits/committer.ts";
import type { ActiveInstance } from "../instances/instance.ts";
import type { MessageRouter } from "../mail/message-router.ts";
import type { WorkerParts } from "../options.ts";
import type { StoreClock } from "../time/store-clock.ts";
import type { Births } from "./births.ts";
import type { NumberPool } from "./number-pool.ts";
import { stateBefore } from "./state-before.ts";

export interface EditedChildrenPort {
  readonly parts: Pick<WorkerParts, "store" | "ids">;
  readonly numbers: Pick<NumberPool, "has" | "refill">;
  readonly storeClock: Pick<StoreClock, "now">;
  readonly births: Pick<Births, "add">;
  readonly router: Pick<MessageRouter, "asRow">;
  readonly committer: Pick<Committer, "gathering" | "requestSeal">;
}

/** What is to become of the sub-orchestrations that an instance with an edited history waits for. */
export interface FoundChildren {
  /** Of those that ended while it took no answers. */
  readonly answers: readonly ChildResultMessage[];
  /** Those that are gone or were terminated, and those of a fork, which are not there yet. */
  readonly starts: readonly { readonly start: StartSpec; readonly refusal: ChildResultMessage }[];
}

/**
 * Looks at the children of instances that were rewound or forked. While an instance has ended, answers to it are dropped. It lives by the time that it is
 * loaded, so what ends from now on reaches its inbox, and what has ended before is in the rows: what is found twice is taken once.
 */
export class EditedChildren {
  readonly #port: EditedChildrenPort;

  constructor(port: EditedChildrenPort) {
    this.#port = port;
  }

  /** By instance; of most there is nothing. There are numbers for all that is to be started. */
  async read(loaded: readonly LoadedInstance[]): Promise<ReadonlyMap<InstanceNo, FoundChildren>> {
    const found = new Map<InstanceNo, FoundChildren>();
    for (const one of loaded) {
      const edited = editedOf(one);
      if (edited !== null && edited.state.children.size > 0) found.set(one.row.no, await this.#look(edited));
    }
    const starts = [...found.values()].reduce((sum, children) => sum + children.starts.length, 0);
    const { numbers } = this.#port;
    while (!numbers.has(starts)) await numbers.refill(starts);
    return found;
  }

  /**
   * What was found, as rows. A worker that loads the instance before its first episode is recorded looks again, but no longer after that: an answer in
   * memory only would be lost with a worker that dies after an episode which did not take it.
   */
  place(instance: ActiveInstance, { answers, starts }: FoundChildren): void {
    const { births, committer, router, storeClock } = this.#port;
    for (const message of answers) router.asRow(instance.state.instanceId, message, null);
    for (const { start, refusal } of starts) {
      const ifExists = { to: { no: instance.no }, message: refusal };
      births.add(committer.gathering, start, { ifExists, onExisting: "replaceTerminal", minted: false, at: storeClock.now() });
    }
    if (answers.length + starts.length > 0) committer.requestSeal();
  }

  async #look({ state, history }: Edited): Promise<FoundChildren> {
    const { store, ids } = this.#port.parts;
    const rows = await store.readInstances([...state.children.values()]);
    const byId = new Map<InstanceId, InstanceRow>(rows.map((row) => [row.instanceId, row]));
    const ts = this.#port.storeClock.now();
    const answers: ChildResultMessage[] = [];
    const starts: FoundChildren["starts"][number][] = [];
    for (const [id, childId] of state.children) {
      const row = byId.get(childId);
      const child = row?.parent?.no === state.no && row.parent.taskId === id ? row : undefined;
      if (child?.completedAt === null) continue; // its answer comes
      const answer = child === undefined ? null : await this.#answerOf(child);
      const call = callOf(history, id);
      if (answer !== null) answers.push({ ...answer, ts, generation: state.generation, taskId: id });
      else if (call !== undefined)
        starts.push({
          start: childStart(state, call, childId, executionId(ids.guid())),
          refusal: childRefused(state, call, childId, ts),
        });
    }
    return { answers, starts };
  }

  /** Null: it was terminated, and is started again. */
  async #answerOf(child: InstanceRow): Promise<Pick<ChildResultMessage, "kind" | "result" | "failure"> | null> {
    const { output, status } = child;
    if (status === "Completed") return { kind: "childCompleted", result: output === null ? null : payload(output) };
    if (status !== "Failed") return null;
    const end = parseHistory(await this.#port.parts.store.readHistory(child.instanceId)).at(-1);
    const failure = end?.kind === "ExecutionCompleted" ? end.failure : undefined;
    return { kind: "childFailed", result: null, failure: failure ?? failureOfRow(output) };
  }
}

interface Edited {
  readonly state: InstanceState;
  readonly history: readonly HistoryEvent[];
}

/** Null: its history is as it happened, or has run since it was edited, or cannot be read, which its adoption says. */
function editedOf({ row, history: chunks }: LoadedInstance): Edited | null {
  // A text is looked through in a thousandth of the time in which it is parsed.
  if (!chunks.some(({ events }) => events.includes('"kind":"Execution') && /"kind":"Execution(Rewound|Forked)"/.test(events))) return null;
  try {
    const history = parseHistory(chunks);
    const state = stateBefore(row);
    foldAll(state, history);
    return isFreshlyEdited(state) ? { state, history } : null;
  } catch {
    return null;
  }
}

const callOf = (history: readonly HistoryEvent[], id: EventId): SubOrchestrationInstanceCreated | undefined =>
  history.find((event): event is SubOrchestrationInstanceCreated => event.kind === "SubOrchestrationInstanceCreated" && event.id === id);

/** The row of a failed instance has the message alone. */
function failureOfRow(output: string | null): Failure {
  const message: unknown = output === null ? "" : JSON.parse(output);
  return { errorType: NON_ERROR, message: String(message) };
}
