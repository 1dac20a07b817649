import type { InstanceId, WorkerId } from "../../model/ids.ts";
import type { OwnerInfo, WaitingFor } from "../../model/waiting-for.ts";
import { hasDeliverable, isDone } from "../fold.ts";
import type { WaitFacts } from "./facts.ts";
import { heldPlace } from "./held-text.ts";
import { openLists } from "./open-lists.ts";
import type { OpenWaits } from "./open-waits.ts";
import { openWaits } from "./open-waits.ts";
import { notMoving, waitsText } from "./reason-text.ts";

export interface Explained {
  /** `because` is a predicate: "waits for …". */
  readonly waitingFor: WaitingFor;
  /** The instance whose own reason is the rest of it. */
  readonly next: InstanceId | null;
  /** All that is open, of which the lists have the first. */
  readonly open: OpenWaits;
}

/** Null: it has ended, and waits for nothing. */
export function waitingFor(facts: WaitFacts): Explained | null {
  const { state } = facts;
  if (isDone(state)) return null;
  const open = openWaits(state, facts.history);
  const { state: found, since } = stateOf(facts);
  const owner = ownerOf(facts);
  const lists = openLists(facts, open);
  if (found !== "waiting") {
    const because = notMoving(facts, found, since, owner);
    return { waitingFor: { state: found, since: new Date(since), because, ...lists, owner }, next: null, open };
  }
  const { text, next } = waitsText(facts, open);
  return { waitingFor: { state: found, since: new Date(oldest(open) ?? since), because: text, ...lists, owner }, next, open };
}

function stateOf(facts: WaitFacts): { readonly state: WaitingFor["state"]; readonly since: number } {
  const { state, row, unread, now } = facts;
  if (row.stopped !== null) return { state: "stopped", since: row.stopped.at };
  if (state.suspended) return { state: "suspended", since: suspendedAt(facts) };
  const isAfterStart = state.started || state.generation > 0;
  if (!isAfterStart && state.startAt !== null && state.startAt > now) return { state: "scheduled", since: row.createdAt };
  if (row.owner === null) {
    const isReady = row.wakeAt !== null && row.wakeAt <= now;
    return isReady ? { state: "ready", since: row.wakeAt } : { state: "waiting", since: row.updatedAt };
  }
  const isBegun = state.entity !== null || state.started;
  const hasWork =
    heldPlace(facts, row.owner, state.instanceId, null) !== null || unread.length > 0 || !isBegun || hasDeliverable(state.waiting);
  if (hasWork || !isLive(facts, row.owner)) return { state: "owned", since: unread[0]?.since ?? row.updatedAt };
  return { state: "waiting", since: row.updatedAt };
}

function suspendedAt({ history, row }: WaitFacts): number {
  return history.findLast(({ kind }) => kind === "ExecutionSuspended")?.ts ?? row.updatedAt;
}

const isLive = ({ workers }: WaitFacts, owner: WorkerId): boolean => workers.some(({ worker, isLive: lives }) => worker === owner && lives);

function ownerOf({ row, workers, now }: WaitFacts): OwnerInfo | null {
  if (row.owner === null) return null;
  const known = workers.find(({ worker }) => worker === row.owner);
  if (known === undefined) return { worker: row.owner, host: "unknown", leaseUntil: new Date(Math.min(row.updatedAt, now)), alive: false };
  return { worker: known.worker, host: known.host, leaseUntil: new Date(known.leaseUntil), alive: known.isLive };
}

function oldest({ events, timers, activities, children, calls, lock }: OpenWaits): number | null {
  const firsts = [events[0]?.since, timers[0]?.created.ts, activities[0]?.ts, children[0]?.ts, calls[0]?.ts, lock?.ts].filter(
    (ts) => ts !== undefined,
  );
  return firsts.length === 0 ? null : Math.min(...firsts);
}
