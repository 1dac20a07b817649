import { nearestName } from "../../errors/nearest-name.ts";
import { assertNever } from "../../model/assert-never.ts";
import type { FunctionKind } from "../../model/function-kind.ts";
import type { TaskScheduled } from "../../model/history.ts";
import type { InstanceId } from "../../model/ids.ts";
import { parseEntityId } from "../../model/ids.ts";
import { isoTime } from "../../model/time.ts";
import type { OpenSlot, OwnerInfo, WaitingFor } from "../../model/waiting-for.ts";
import type { EntityState } from "../state.ts";
import type { WaitFacts } from "./facts.ts";
import { heldPlace, heldText } from "./held-text.ts";
import type { Untaken } from "./not-taken.ts";
import { notTaken, unserved } from "./not-taken.ts";
import type { OpenEntity } from "./open-entities.ts";
import { openEntities } from "./open-entities.ts";
import { openActivity } from "./open-lists.ts";
import type { OpenTimerWait, OpenWaits } from "./open-waits.ts";

/** For this long nothing is wrong with an instance that no worker has taken. */
export const TAKEN_WITHIN_MS = 5_000;

/** All of these are predicates: "It …", "which …". */
type Standing = Exclude<WaitingFor["state"], "waiting">;

export function notMoving(facts: WaitFacts, state: Standing, since: number, owner: OwnerInfo | null): string {
  const { row, now } = facts;
  switch (state) {
    case "stopped":
      return `is stopped since ${at(since)} (${row.stopped?.code}): ${withoutStop(row.stopped?.message ?? "")}`;
    case "suspended":
      return `is suspended since ${at(since)}${reasonOf(facts)}, and continues when it is resumed`;
    case "scheduled":
      return `is to start at ${at(facts.state.startAt ?? since)}`;
    case "ready":
      return now - since < TAKEN_WITHIN_MS && unserved(facts.workers, workOf(facts)) === null
        ? `is ready since ${at(since)}, and a worker will take it`
        : `is ready since ${at(since)}, and ${notTaken(facts.workers, workOf(facts))}`;
    case "owned":
      return ownedText(facts, since, owner);
    default:
      return assertNever(state);
  }
}

function reasonOf({ history }: WaitFacts): string {
  const last = history.findLast((event) => event.kind === "ExecutionSuspended");
  return last?.reason == null ? "" : ` ("${last.reason}")`;
}

export function workOf({ state, row }: WaitFacts): Untaken {
  const kind: FunctionKind = parseEntityId(state.instanceId) !== null ? "entity" : "orchestrator";
  return { kind, name: state.name, version: state.version, deaths: row.deaths };
}

/** A worker may own what it does not take for some seconds: what was started there, before it is left to others. */
function ownedText(facts: WaitFacts, since: number, owner: OwnerInfo | null): string {
  const { workers } = facts;
  const who = `worker ${owner?.worker} (${owner?.host})`;
  if (owner?.alive === true) {
    const begun = `has work to do since ${at(since)}`;
    const none = unserved(workers, workOf(facts));
    if (none !== null) return `${begun}, and ${none}`;
    const atOwner = workers.filter(({ worker }) => worker === owner.worker);
    const held = heldPlace(facts, owner.worker, facts.state.instanceId, null);
    if (held !== null) return `${begun}: its code runs at ${who}, and ${heldText(held)}`;
    return unserved(atOwner, workOf(facts)) === null
      ? `${begun}: its code runs at ${who}, or waits for its turn there`
      : `${begun}: ${who} does not take it, and leaves it to another that does`;
  }
  const then = workers.some(({ isLive }) => isLive) ? "another worker takes it over" : "no other worker is live to take it over";
  return `was with ${who}, whose lease ended at ${at(owner?.leaseUntil.getTime() ?? since)}: ${then}`;
}

export interface WaitsText {
  readonly text: string;
  readonly next: InstanceId | null;
}

/** What it waits for, of each kind the oldest. What another instance is to do comes last, since the sentence continues with that instance. */
export function waitsText(facts: WaitFacts, open: OpenWaits): WaitsText {
  if (facts.state.entity !== null) return entityText(facts.state.entity);
  const [event] = open.events;
  const [timer] = open.timers;
  const [activity] = open.activities;
  const [child] = open.children;
  const parts = [
    ...(activity === undefined ? [] : [activityText(facts, activity) + others(open.activities)]),
    ...(event === undefined ? [] : [`event "${event.name}" since ${at(event.since)}${others(open.events)}${misspelled(open)}`]),
    ...(timer === undefined ? [] : [timerText(timer) + others(open.timers)]),
  ];
  const entities = openEntities(facts, open);
  const [entity] = entities;
  if (entity !== undefined) {
    const childText = child === undefined ? [] : [`sub-orchestration "${child.instanceId}"${others(open.children)}`];
    const text = `waits for ${joined([...parts, ...childText, openEntityText(entity) + others(entities)])}`;
    return { text, next: entity.lock?.holder ?? entity.entity };
  }
  if (child === undefined) return { text: parts.length === 0 ? NOTHING_KNOWN : `waits for ${joined(parts)}`, next: null };
  const status = facts.statuses.get(child.instanceId);
  const found = status === undefined ? ", of which there is nothing in the store" : "";
  const text = `waits for ${joined([...parts, `sub-orchestration "${child.instanceId}"${others(open.children)}${found}`])}`;
  return { text, next: status === undefined ? null : child.instanceId };
}

/** An event has come for which nothing waits, probably under a misspelled name. */
function misspelled({ events, unawaited }: OpenWaits): string {
  const names = events.map(({ name }) => name);
  const came = unawaited.find(({ name }) => nearestName(name, names) !== null);
  return came === undefined
    ? ""
    : ` (an event "${came.name}" came at ${at(came.since)}, and nothing waits for it: is its name misspelled?)`;
}

/** The sentence continues with who has locked it, else with the entity itself. */
function openEntityText({ entity, operation, lock }: OpenEntity): string {
  const what = operation === null ? `the lock of ${entity}` : `operation "${operation}" of ${entity}`;
  return lock === null ? what : `${what}, ${operation === null ? "held" : "locked"} by ${lock.holder} since ${at(lock.since)}`;
}

function entityText({ notes, held }: EntityState): WaitsText {
  if (notes.lock !== null) return { text: `is locked by ${notes.lock.holder} since ${at(notes.lock.since)}`, next: notes.lock.holder };
  const text = held.length === 0 ? "has done all that has come to it" : "keeps what is not due yet";
  return { text, next: null };
}

const NOTHING_KNOWN = "waits for something that its history does not name: an external event, if it is of an older release";

function activityText(facts: WaitFacts, scheduled: TaskScheduled): string {
  const { where, worker, name, slot, held } = openActivity(facts, scheduled);
  const text = `activity "${name}" since ${at(scheduled.ts)}`;
  const host = facts.workers.find((one) => one.worker === worker)?.host ?? "gone";
  const who = `worker ${worker} (${host})`;
  const deaths = facts.tasks.get(scheduled.id)?.deaths ?? facts.row.deaths;
  switch (where) {
    case "with its owner":
      if (worker === null) return text;
      return held === null ? `${text}, which runs or is in line at ${who}` : `${text}, which ${heldText(held)} at ${who}`;
    case "running":
      return `${text}, which ${held === null ? "runs" : heldText(held)} at ${who}`;
    case "no free slot":
      return `${text}, which waits for ${slot === null ? "a free slot" : slotText(slot)}`;
    case "alone":
    case "in line":
    case "no worker has it": {
      const version = facts.tasks.get(scheduled.id)?.version ?? null;
      return `${text}, which no worker has taken: ${notTaken(facts.workers, { kind: "activity", name, version, deaths })}`;
    }
    default:
      return assertNever(where);
  }
}

/** Also of what comes from a host: `perdure why`. */
export function slotText({ key, limit, held, holders }: OpenSlot): string {
  const ofKey = key === "" ? "" : ` of key "${key}"`;
  const more = held - holders.length;
  const by = held === 0 ? "" : ` by ${holders.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  return `a free slot${ofKey}, ${held} of ${limit} held${by}`;
}

function timerText({ created, retry }: OpenTimerWait): string {
  if (retry === null) return `a timer that is due at ${at(created.fireAt)}`;
  const failed = retry.failure === null ? "" : `, after a failure: ${withoutStop(firstLine(retry.failure))}`;
  return `attempt ${retry.attempt} of "${retry.name}" at ${at(created.fireAt)}${failed}`;
}

const others = ({ length }: { readonly length: number }): string => (length > 1 ? ` (and ${length - 1} more)` : "");

const joined = (parts: readonly string[]): string => parts.join(", and for ");

/** Whole seconds: nothing that a person looks at is younger. */
const at = (ms: number): string => isoTime(ms).replace(/\.\d+Z$/, "Z");

const firstLine = (text: string): string => text.split("\n", 1)[0] ?? "";
const withoutStop = (text: string): string => text.trim().replace(/\.$/, "");
