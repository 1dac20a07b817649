import type { EntityLock } from "../model/entity-message.ts";
import type { HeldLock } from "../model/entity-notes.ts";
import { parseNotes } from "../model/entity-notes.ts";
import type { InstanceId } from "../model/ids.ts";
import type { Message } from "../model/message.ts";
import { payload } from "../model/payload.ts";
import type { Store } from "./contract.ts";
import { parseHistory, parseMessage } from "./parse.ts";
import type { InstanceRow, LoadedInstance } from "./rows.ts";

/** A lock that no release will end any more. */
export interface OrphanedLock {
  readonly id: InstanceId;
  readonly lock: HeldLock;
}

type Reads = Pick<Store, "readInstances" | "load">;

const lockOf = ({ customStatus }: InstanceRow): HeldLock | null => parseNotes(customStatus === null ? null : payload(customStatus)).lock;

/**
 * Which of these entities are locked by a section that is over (its orchestration is gone, has ended, or is in another generation) while no release is on its
 * way. Nothing of it is one snapshot, so the order of the reads counts: first entities, then holders, then where the release may be, along its way.
 */
export async function orphanedLocks(store: Reads, entities: readonly InstanceRow[]): Promise<readonly OrphanedLock[]> {
  const locked = entities.flatMap((row) => {
    const lock = lockOf(row);
    return lock === null ? [] : [{ id: row.instanceId, lock }];
  });
  if (locked.length === 0) return [];
  const holders = await byId(store, new Set(locked.map(({ lock }) => lock.holder)));
  const suspects = locked.filter(({ lock: { key, holder } }) => {
    const row = holders.get(holder);
    return row?.no !== key.no || row.completedAt !== null || row.generation !== key.generation;
  });
  const orphans: OrphanedLock[] = [];
  for (const suspect of suspects) if (await isForGood(store, suspect)) orphans.push(suspect);
  return orphans;
}

/** As the holder would have sent it, but to this entity alone: each of the others has its own. */
export const releaseOf = ({ id, lock: { key, holder } }: OrphanedLock, ts: number): Message => ({
  ...{ kind: "entityRelease", ts, lock: key, holder, entities: [id], at: 0 },
});

async function byId(store: Reads, ids: ReadonlySet<InstanceId>): Promise<ReadonlyMap<InstanceId, InstanceRow>> {
  return new Map((await store.readInstances([...ids], "none")).map((row) => [row.instanceId, row]));
}

/** The release moves forward only: what is not found at an entity has not come yet, or is found at a later one, or has unlocked the last. */
async function isForGood(store: Reads, { id, lock }: OrphanedLock): Promise<boolean> {
  const rows = await byId(store, new Set(lock.entities.slice(0, lock.at + 1)));
  for (const entity of lock.entities.slice(0, lock.at + 1)) {
    const row = rows.get(entity);
    const [loaded] = row === undefined ? [] : await store.load([row.no]);
    if (loaded === undefined) continue;
    if (messagesAt(loaded).some((message) => message.kind === "entityRelease" && isSame(message, lock))) return false;
    if (entity !== id) continue;
    const now = lockOf(loaded.row);
    return now !== null && isSame({ lock: now.key }, lock);
  }
  return false;
}

const isSame = ({ lock }: Pick<EntityLock, "lock">, { key }: HeldLock): boolean =>
  lock.no === key.no && lock.generation === key.generation && lock.id === key.id;

/** Also those that were held and have gone since: then it is asked again another time. */
function messagesAt({ history, inbox }: LoadedInstance): readonly Message[] {
  const held = parseHistory(history).flatMap((event) => (event.kind === "EntityMessageHeld" ? [event.message] : []));
  return [...inbox.map(parseMessage), ...held];
}
