import { foldAll } from "../core/fold.ts";
import { nextOperation } from "../core/next-operation.ts";
import { stateBefore } from "../engine/ownership/state-before.ts";
import { fault } from "../errors/perdure-error.ts";
import type { EntityOp, WaitingPlace } from "../model/entity-message.ts";
import type { InstanceId } from "../model/ids.ts";
import type { Store } from "../store/contract.ts";
import { parseHistory, parseMessage } from "../store/parse.ts";
import type { LoadedInstance } from "../store/rows.ts";

export interface Skippable {
  readonly op: EntityOp;
  /** Names it to the entity's owner: what came to wait there instead meanwhile is not meant. */
  readonly place: WaitingPlace;
}

/** The operation before which an entity is stopped; null: there is nothing of the entity. Throws ENTITY_NOTHING_TO_SKIP. */
export async function stoppedBefore(store: Pick<Store, "getInstance" | "load">, id: InstanceId, now: number): Promise<Skippable | null> {
  const row = await store.getInstance(id, "none");
  const [loaded] = row === null ? [] : await store.load([row.no]);
  if (loaded === undefined) return null;
  if (loaded.row.stopped === null) throw fault("ENTITY_NOTHING_TO_SKIP", id, "it is not stopped");
  const found = nextIn(loaded, now);
  if (found === null) throw fault("ENTITY_NOTHING_TO_SKIP", id, "no operation waits that could run now");
  return found;
}

function nextIn({ row, history, inbox }: LoadedInstance, now: number): Skippable | null {
  const state = stateBefore(row);
  let messages: ReturnType<typeof parseMessage>[];
  try {
    foldAll(state, parseHistory(history));
    messages = inbox.map(parseMessage);
  } catch {
    throw fault("ENTITY_NOTHING_TO_SKIP", row.instanceId, "what is stored of it cannot be read");
  }
  const next = nextOperation(state, messages, now);
  if (next === null) return null;
  const { message: op, index, place } = next;
  if (place !== null) return { op, place: { generation: state.generation, held: place } };
  const seq = index === null ? undefined : inbox[index]?.seq;
  return seq === undefined ? null : { op, place: { seq } };
}
