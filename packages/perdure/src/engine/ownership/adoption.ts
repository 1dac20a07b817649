import { isFreshlyEdited } from "../../core/edited.ts";
import { isPurge } from "../../core/entity-plan.ts";
import { setAside } from "../../core/entity-skip.ts";
import { foldAll, isDone } from "../../core/fold.ts";
import { isEntity } from "../../core/state.ts";
import type { HistoryEvent } from "../../model/history.ts";
import { parseHistory, parseMessage } from "../../store/parse.ts";
import type { InstanceRow, LoadedInstance } from "../../store/rows.ts";
import type { Committer } from "../commits/committer.ts";
import type { Identity } from "../commits/sealed-batch.ts";
import { MAX_CRASHES } from "../crashes/suspicion.ts";
import { ActiveInstance } from "../instances/instance.ts";
import type { InstanceTable } from "../instances/instance-table.ts";
import type { Mail } from "../instances/mailbox.ts";
import { rowMail } from "../instances/mailbox.ts";
import type { WakeUps } from "../instances/wake-ups.ts";
import type { MailOrder } from "../mail/mail-order.ts";
import type { WorkerParts } from "../options.ts";
import type { OpenActivities } from "../tasks/open-activities.ts";
import type { EditedChildren, FoundChildren } from "./edited-children.ts";
import type { Leaving } from "./leaving.ts";
import { stateBefore } from "./state-before.ts";

export interface AdoptionPort {
  readonly identity: Identity;
  readonly table: InstanceTable;
  readonly mailOrder: Pick<MailOrder, "readAfresh">;
  readonly openActivities: OpenActivities;
  readonly leaving: Leaving;
  readonly editedChildren: Pick<EditedChildren, "place">;
  readonly committer: Pick<Committer, "gathering">;
  readonly parts: Pick<WorkerParts, "clock">;
  readonly wakeUps: Pick<WakeUps, "arm">;
  enqueue(instance: ActiveInstance): void;
}

/** Takes instances into memory that this worker owns and has read: the state is the fold of the history, and what was open is open again. */
export class Adoption {
  readonly #port: AdoptionPort;

  constructor(port: AdoptionPort) {
    this.#port = port;
  }

  /** `children`: what was found of those that it waits for, when its history was edited. */
  take(loaded: LoadedInstance, children?: FoundChildren): void {
    const { row } = loaded;
    const { identity, table, mailOrder, leaving, openActivities, editedChildren } = this.#port;
    if (table.byNo(row.no) !== undefined || row.owner !== identity.worker) return;
    const instance = this.#born(row);
    let history: readonly HistoryEvent[];
    let mail: readonly Mail[];
    try {
      if (row.unreadable !== undefined) throw new Error(row.unreadable);
      history = parseHistory(loaded.history);
      mail = loaded.inbox.map((item) => rowMail(parseMessage(item), item.seq));
      foldAll(instance.state, history);
    } catch (error) {
      table.add(instance);
      this.#port.committer.gathering.consume(instance, resumesOf(loaded)); // this was their try
      leaving.stopUnreadable(instance, error, []);
      return;
    }
    if (isDone(instance.state)) return;
    for (const item of mail) instance.mailbox.put(item);
    mailOrder.readAfresh(instance);
    table.add(instance);
    if (row.crashes >= MAX_CRASHES && !this.#isCuredByOperator(instance, mail)) {
      leaving.stopAsInstancePoison(instance, { deaths: row.crashes });
      return;
    }
    if (children !== undefined) editedChildren.place(instance, children);
    // Of an edited history it is not known yet whether the code still asks for them: its first episode begins them.
    if (!isFreshlyEdited(instance.state)) openActivities.reopen(instance, loaded);
    if (leaving.releaseSuspectAtRest(instance)) return;
    if (!isEntity(instance.state)) table.histories.keep(instance.no, { events: history, chars: charsOf(loaded) });
    this.#port.wakeUps.arm(instance);
    this.#port.enqueue(instance);
  }

  /** Its next turn takes away what ends its processes, and runs nothing. */
  #isCuredByOperator({ state }: ActiveInstance, mail: readonly Mail[]): boolean {
    if (!isEntity(state)) return false;
    return mail.some(({ message }) => isPurge(message)) || setAside(state, mail, state.clock) !== null;
  }

  #born(row: InstanceRow): ActiveInstance {
    const { version, crashes, poisonCodeVersions, createdAt } = row;
    const now = this.#port.parts.clock.monotonicMs();
    return new ActiveInstance({ state: stateBefore(row), version, crashes, poisonCodeVersions, createdAt, now, gated: false });
  }
}

const charsOf = ({ history }: LoadedInstance): number => history.reduce((sum, { events }) => sum + events.length, 0);

/** As rows to be consumed: what they say is not looked at. */
const resumesOf = ({ inbox }: LoadedInstance): readonly Mail[] =>
  inbox.filter(({ kind }) => kind === "resume").map(({ seq }) => rowMail({ kind: "resume", ts: 0, reason: null }, seq));
