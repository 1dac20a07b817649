import { foldAll, isDone } from "../../core/fold.ts";
import type { Birth } from "../../core/state.ts";
import { entityOfRow, isEntity, newState } from "../../core/state.ts";
import { messageOf } from "../../errors/perdure-error.ts";
import type { HistoryEvent } from "../../model/history.ts";
import { parseEntityId } from "../../model/ids.ts";
import { payload } from "../../model/payload.ts";
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
import type { Leaving } from "./leaving.ts";

export interface AdoptionPort {
  readonly identity: Identity;
  readonly table: InstanceTable;
  readonly mailOrder: Pick<MailOrder, "readAfresh">;
  readonly openActivities: OpenActivities;
  readonly leaving: Leaving;
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

  take(loaded: LoadedInstance): void {
    const { row } = loaded;
    const { identity, table, mailOrder, leaving, openActivities } = this.#port;
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
    if (row.crashes >= MAX_CRASHES) {
      const message = messageOf("INSTANCE_POISON", { deaths: row.crashes });
      leaving.stopAsPoison(instance, { code: "INSTANCE_POISON", message }, instance.mailbox.empty());
      return;
    }
    openActivities.reopen(instance, loaded);
    if (leaving.releaseSuspectAtRest(instance)) return;
    if (!isEntity(instance.state)) table.histories.keep(instance.no, { events: history, chars: charsOf(loaded) });
    this.#port.wakeUps.arm(instance);
    this.#port.enqueue(instance);
  }

  #born(row: InstanceRow): ActiveInstance {
    const { version, crashes, poisonCodeVersions, createdAt } = row;
    const now = this.#port.parts.clock.monotonicMs();
    return new ActiveInstance({ state: newState(birthOf(row)), version, crashes, poisonCodeVersions, createdAt, now, gated: false });
  }
}

const charsOf = ({ history }: LoadedInstance): number => history.reduce((sum, { events }) => sum + events.length, 0);

/** As rows to be consumed: what they say is not looked at. */
const resumesOf = ({ inbox }: LoadedInstance): readonly Mail[] =>
  inbox.filter(({ kind }) => kind === "resume").map(({ seq }) => rowMail({ kind: "resume", ts: 0, reason: null }, seq));

/** Of a row that was read. */
export function birthOf(row: InstanceRow): Birth {
  const { no, instanceId, name, orchestrationVersion: version, parent, tags, startAt, generation, executionId, createdAt } = row;
  const input = row.input === null ? null : payload(row.input);
  const customStatus = row.customStatus === null ? null : payload(row.customStatus);
  const birth = { no, instanceId, name, version, parent, tags, startAt, generation, executionId, input, customStatus };
  if (parseEntityId(instanceId) === null) return { ...birth, createdAt };
  return { ...birth, createdAt: row.updatedAt, entity: entityOfRow(birth) }; // no history says when its last operation was
}
