import type { WaitFacts } from "../../core/waiting/facts.ts";
import { heldPlace, heldText } from "../../core/waiting/held-text.ts";
import { notTaken, unserved } from "../../core/waiting/not-taken.ts";
import { TAKEN_WITHIN_MS, workOf } from "../../core/waiting/reason-text.ts";
import { assertNever } from "../../model/assert-never.ts";
import { isTerminal } from "../../model/status.ts";
import type { Store } from "../../store/contract.ts";
import type { InstanceRow } from "../../store/rows.ts";
import type { Step, WaySteps } from "../waiting-for.ts";
import { readSteps } from "../waiting-for.ts";
import { oneLine, textOfOutput } from "./preview.ts";
import type { Wait, Why } from "./types.ts";
import type { Behind, Verdict } from "./waits.ts";
import { waitsOf } from "./waits.ts";

type Reads = Pick<Store, "getInstance" | "readInstances" | "readWorkers" | "load" | "readSlotHolders">;

/** For this long its code may run without that anything is wrong. */
const LONG_TURN_MS = 60_000;

/** `row`: with its output. */
export async function readWhy(store: Reads, row: InstanceRow): Promise<Why> {
  const found = row.completedAt === null ? await readSteps(store, row.instanceId) : null;
  if (found !== null) return whyOf(found);
  const now = row.completedAt === null ? await store.getInstance(row.instanceId, "withoutInput") : row;
  return endedWhy(now ?? row);
}

function endedWhy({ status, output, completedAt, updatedAt }: InstanceRow): Why {
  const text = output === null || status === "Completed" ? "" : `: ${oneLine(textOfOutput(output))}`;
  return {
    headline: isTerminal(status) ? `It has ended (${status})${text}${/[.!?]$/.test(text) ? "" : "."}` : "It has ended.",
    outlook: status === "Failed" ? "attention" : "fine",
    state: "ended",
    since: completedAt ?? updatedAt,
    ...{ waits: [], more: 0, unread: [], owner: null },
    advice: status === "Failed" ? "Rewind it, so that it continues from where it failed, or restart it from its beginning." : null,
  };
}

/** Pure: all that it says is in what was read. */
export function whyOf({ first, rest, because }: WaySteps): Why {
  const { waitingFor } = first.explained;
  const behind = verdictOfRest(rest);
  const waits = waitsOf(first, behind);
  const { owner } = waitingFor;
  return {
    headline: because,
    ...verdictOf(first, waits, behind),
    state: waitingFor.state,
    since: waitingFor.since.getTime(),
    waits,
    more: waitingFor.more,
    unread: waitingFor.unread.map(({ kind, name, since }) => ({ kind, name, since: since.getTime() })),
    owner: owner === null ? null : { worker: owner.worker, host: owner.host, leaseUntil: owner.leaseUntil.getTime(), isAlive: owner.alive },
  };
}

/** Of what the first waits for, and so on: that of the last of them counts for all. */
function verdictOfRest([next, ...rest]: readonly Step[]): Behind | null {
  if (next === undefined) return null;
  const behind = verdictOfRest(rest);
  const own = verdictOf(next, waitsOf(next, behind), behind);
  return { ...own, id: next.id, of: behind !== null && own.advice === behind.advice ? behind.of : next.id };
}

export function verdictOf({ facts, explained }: Step, waits: readonly Wait[], behind: Behind | null): Verdict {
  const { state, since } = explained.waitingFor;
  switch (state) {
    case "stopped":
      return { outlook: "stuck", advice: stopAdvice(facts) };
    case "suspended":
      return { outlook: "attention", advice: "Resume it when it may go on." };
    case "scheduled":
      return { outlook: "fine", advice: null };
    case "ready":
      return readyVerdict(facts, since.getTime());
    case "owned":
      return ownedVerdict(facts, since.getTime());
    case "waiting":
      return waitingVerdict(facts, waits, behind);
    default:
      return assertNever(state);
  }
}

function stopAdvice({ row }: WaitFacts): string {
  return row.stopped?.codeMayCure === true
    ? "It continues by itself when code that fits is deployed. Or restart it from its beginning, or terminate it."
    : "Resume it to let it try again, restart it from its beginning, or terminate it.";
}

function readyVerdict(facts: WaitFacts, since: number): Verdict {
  const { workers, now } = facts;
  const none = unserved(workers, workOf(facts));
  if (none !== null) return { outlook: "stuck", advice: startAdvice(facts, workOf(facts)) };
  return now - since < TAKEN_WITHIN_MS
    ? { outlook: "fine", advice: null }
    : { outlook: "attention", advice: `${capital(notTaken(workers, workOf(facts)))}: start another worker if it takes too long.` };
}

function ownedVerdict(facts: WaitFacts, since: number): Verdict {
  const { workers, now, row } = facts;
  const isAlive = workers.some(({ worker, isLive }) => worker === row.owner && isLive);
  if (unserved(workers, workOf(facts)) !== null) return { outlook: "stuck", advice: startAdvice(facts, workOf(facts)) };
  const held = heldPlace(facts, row.owner, facts.state.instanceId, null);
  if (held !== null) return { outlook: "attention", advice: `Its code ${heldText(held)}.` };
  if (!isAlive) return { outlook: "attention", advice: "Nothing is to be done: another worker takes it over." };
  return now - since < LONG_TURN_MS
    ? { outlook: "fine", advice: null }
    : { outlook: "attention", advice: "Its code has run for long without an answer: look at the worker that has it." };
}

function waitingVerdict(facts: WaitFacts, waits: readonly Wait[], behind: Behind | null): Verdict {
  const worst = waits.find(({ outlook }) => outlook === "stuck") ?? waits.find(({ outlook }) => outlook === "attention");
  if (worst === undefined) return { outlook: "fine", advice: null };
  const { outlook, kind, name, state } = worst;
  if (behind?.advice != null && (kind === "child" || kind === "entity" || kind === "lock")) {
    return { outlook, advice: behind.advice.startsWith("Of ") ? behind.advice : `Of "${behind.of}": ${behind.advice}` };
  }
  if (state === "no worker has it") return { outlook, advice: startAdvice(facts, { kind: "activity", name }) };
  if (kind === "child") return { outlook, advice: "Nothing will answer: rewind, restart or terminate it." };
  if (kind === "retry") return { outlook, advice: "It is tried again by itself; look at what it failed with." };
  if (kind === "event") return { outlook, advice: `Raise the event "${name}".` };
  return { outlook, advice: null };
}

function startAdvice({ workers }: WaitFacts, { kind, name }: { readonly kind: string; readonly name: string }): string {
  return workers.some(({ isLive }) => isLive)
    ? `Start a worker whose app has the ${kind} "${name}" in the version that is asked for.`
    : `Start a worker: perdure start, with the app that has the ${kind} "${name}".`;
}

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
