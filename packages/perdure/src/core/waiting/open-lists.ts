import { nearestName } from "../../errors/nearest-name.ts";
import type { TaskScheduled } from "../../model/history.ts";
import type { Slot } from "../../model/slot.ts";
import { slotId } from "../../model/slot.ts";
import type { OpenActivity, OpenSlot, WaitingFor } from "../../model/waiting-for.ts";
import { LONGEST_LIST } from "../../model/waiting-for.ts";
import type { WaitFacts } from "./facts.ts";
import { heldPlace } from "./held-text.ts";
import { unserved } from "./not-taken.ts";
import { openEntities } from "./open-entities.ts";
import type { OpenWaits } from "./open-waits.ts";

/** The lists of the answer, each cut at its longest. */
export function openLists(facts: WaitFacts, open: OpenWaits): Omit<WaitingFor, "state" | "since" | "because" | "owner"> {
  const lists = {
    events: open.events.slice(0, LONGEST_LIST).map(({ name, since }) => ({ name, since: new Date(since) })),
    timers: open.timers.slice(0, LONGEST_LIST).map(({ created, retry }) => {
      const of: "timer" | "retry" = retry === null ? "timer" : "retry";
      return { id: created.id, dueAt: new Date(created.fireAt), of };
    }),
    activities: open.activities.slice(0, LONGEST_LIST).map((scheduled) => openActivity(facts, scheduled)),
    children: open.children.slice(0, LONGEST_LIST).map(({ id, instanceId, name, ts }) => {
      return { id, instanceId, name, status: facts.statuses.get(instanceId) ?? null, since: new Date(ts) };
    }),
    entities: openEntities(facts, open)
      .slice(0, LONGEST_LIST)
      .map(({ since, lock, ...found }) => ({ ...found, since: new Date(since), lockedBy: lock?.holder ?? null })),
    unread: facts.unread.slice(0, LONGEST_LIST).map(({ since, ...message }) => ({ ...message, since: new Date(since) })),
    unawaited: open.unawaited.slice(0, LONGEST_LIST).map(({ name, since }) => {
      const nearest = nearestName(
        name,
        open.events.map((event) => event.name),
      );
      return { name, nearest, since: new Date(since) };
    }),
  };
  const all = [open.events, open.timers, open.activities, open.children, open.calls, facts.unread, open.unawaited];
  return { ...lists, more: all.reduce((sum, { length }) => sum + Math.max(0, length - LONGEST_LIST), 0) };
}

export function openActivity(facts: WaitFacts, { id, name, retry, ts }: TaskScheduled): OpenActivity {
  const task = facts.tasks.get(id);
  const activity = { id, name, attempt: retry?.attempt ?? 1, since: new Date(ts), heartbeat: task?.heartbeat ?? null, slot: null };
  const { instanceId } = facts.state;
  if (task === undefined) {
    const worker = facts.row.owner;
    return { ...activity, where: "with its owner", worker, held: heldPlace(facts, worker, instanceId, id) };
  }
  const { worker, deaths, version, slot } = task;
  if (slot !== null) return { ...activity, where: "no free slot", worker, slot: openSlot(facts, name, slot), held: null };
  if (worker !== null) return { ...activity, where: "running", worker, held: heldPlace(facts, worker, instanceId, id) };
  const isServed = unserved(facts.workers, { kind: "activity", name, version, deaths }) === null;
  return { ...activity, where: isServed ? (deaths.isSuspect ? "alone" : "in line") : "no worker has it", worker, held: null };
}

function openSlot({ slots }: WaitFacts, name: string, { key, limit }: Slot): OpenSlot {
  const { count = 0, holders = [] } = slots.get(slotId(name, key)) ?? {};
  return { key, limit, held: count, holders };
}
