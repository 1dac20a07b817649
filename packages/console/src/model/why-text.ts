import type { Wait, Why } from "../api/wire.ts";
import { roughText } from "./durations.ts";
import { listed } from "./function-text.ts";
import { isSurelyInLine } from "./open-calls.ts";
import type { Zone } from "./time-text.ts";
import { clockText, dayText } from "./time-text.ts";

/** What stands above the list of waits: short, with the time that is next. */
export function whyHeadline(why: Why, now: number, zone: Zone = "local"): string {
  const { state, waits, more, headline } = why;
  const [first] = waits;
  const count = waits.length + more;
  if (state !== "waiting" || first === undefined) return withLocalTimes(headline, now, zone);
  const events = waits.filter(({ kind }) => kind === "event");
  const [event] = events;
  if (event !== undefined && more === 0 && waits.every(isOfPeople))
    return `Waits for ${eventNames(events)}, for ${roughText(now - event.since)}`;
  if (count === 1) return `Waits for ${oneThing(first, now)}`;
  const next = Math.min(...waits.flatMap(({ nextAt }) => (nextAt === null ? [] : [nextAt])));
  const due = Number.isFinite(next) ? `; the next one is due ${dueText(next, now)}` : "";
  return `Waits for ${count} ${waits.every(({ kind }) => kind === first.kind) ? MANY[first.kind] : "things"}${due}`;
}

/** An event, or the time that is given for it: nothing that a worker does. */
export const isOfPeople = ({ kind }: Wait): boolean => kind === "event" || kind === "timer";

const MANY: Readonly<Record<Wait["kind"], string>> = {
  activity: "activities",
  retry: "retries",
  timer: "timers",
  event: "events",
  child: "sub-orchestrations",
  entity: "operations of entities",
  lock: "locks",
  message: "messages",
};

function oneThing({ kind, name, since, nextAt }: Wait, now: number): string {
  const due = nextAt === null ? "" : dueText(nextAt, now);
  switch (kind) {
    case "timer":
      return `a timer, which fires ${due}`;
    case "retry":
      return `the next attempt of ${name}, which starts ${due}`;
    case "activity":
      return `activity ${name}, for ${roughText(now - since)}`;
    case "child":
      return `sub-orchestration ${name}, for ${roughText(now - since)}`;
    case "entity":
      return `an operation of ${name}, for ${roughText(now - since)}`;
    case "lock":
      return `the lock of ${name}, for ${roughText(now - since)}`;
    default:
      return `${name}, for ${roughText(now - since)}`;
  }
}

/** Whoever raises an event is a person or another system: history does not say which. */
function eventNames(events: readonly Wait[]): string {
  const names = events.map(({ name }) => name);
  return `${names.length === 1 ? "event" : "events"} ${listed(names)}`;
}

const KINDS: Readonly<Record<Wait["kind"], string>> = {
  activity: "",
  retry: "",
  timer: "",
  event: "Event ",
  child: "",
  entity: "",
  lock: "Lock of ",
  message: "",
};

/** What it is called in the list: `Event Cancelled`, `Timer`. */
export const nameOf = ({ kind, name }: Wait): string => (kind === "timer" ? "Timer" : `${KINDS[kind]}${name}`);

/** What is known of it, in words; the failure before comes apart from it, so that it can stand out. */
export function waitText(wait: Wait, now: number, zone: Zone = "local"): string {
  const { kind, state, since, attempt, of, nextAt, worker } = wait;
  const waited = roughText(now - since);
  switch (kind) {
    case "retry": {
      const failed =
        attempt === null
          ? "an attempt"
          : of === null
            ? `${attempt - 1} ${attempt === 2 ? "attempt" : "attempts"}`
            : `${attempt - 1} of ${of} attempts`;
      return `${failed} failed, the next one starts ${nextAt === null ? "soon" : dueText(nextAt, now)}`;
    }
    case "timer":
      return nextAt === null ? withLocalTimes(wait.text, now, zone) : `fires ${whenText(nextAt, now, zone)}, ${dueText(nextAt, now)}`;
    case "activity": {
      const tries = attempt !== null && attempt > 1 ? `attempt ${attempt}${of === null ? "" : ` of ${of}`} ` : "";
      if (state === "running" && worker !== null) return `${tries}runs on worker ${worker}, asked for ${waited} ago`;
      if (isSurelyInLine(wait, now))
        return `${tries}is in line, or has just begun, at worker ${worker ?? "that has the instance"}, for ${waited}`;
      return state === "with its owner"
        ? `${tries}runs or is in line${worker === null ? "" : ` at worker ${worker}`}, for ${waited}`
        : withLocalTimes(wait.text, now, zone);
    }
    case "event":
      return wait.outlook === "fine" && state === "not raised"
        ? `nobody has raised it for ${waited}; the inbox is empty`
        : withLocalTimes(wait.text, now, zone);
    default:
      return withLocalTimes(wait.text, now, zone);
  }
}

/** `at 14:49:21`, `tomorrow at 14:02:12`, `29 Nov at 14:02:12`. */
function whenText(at: number, now: number, zone: Zone): string {
  const day = dayText(at, now, zone).replace(/ (?=[\d:]+$)/, " at ");
  return day.replace(/^today /, "");
}

/** `in 6 s`, `now`. */
export const dueText = (at: number, now: number): string => (at <= now ? "now" : `in ${roughText(at - now)}`);

const ISO_TIME = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;

/** Times in the sentences of the host are UTC: here they are those of the reader. */
export const withLocalTimes = (text: string, now: number, zone: Zone = "local"): string =>
  text.replace(ISO_TIME, (iso) => {
    const at = Date.parse(iso);
    const text = dayText(at, now, zone);
    return text.startsWith("today") ? clockText(at, zone) : text;
  });

/** Waits that differ in nothing that a person would see, as one. */
export interface WaitGroup {
  readonly wait: Wait;
  readonly count: number;
}

/** What goes on by itself comes first, and then what somebody has to do: but for a timer beside events alone, which ends their wait. */
const RANKS: Readonly<Record<Wait["kind"], number>> = {
  retry: 0,
  activity: 1,
  child: 2,
  entity: 3,
  lock: 4,
  message: 5,
  timer: 6,
  event: 7,
};

/** Like things stand together. */
export function groupedWaits(waits: readonly Wait[]): readonly WaitGroup[] {
  const groups = new Map<string, WaitGroup>();
  const isPeopleAlone = waits.every(isOfPeople);
  const rank = ({ kind }: Wait): number => (isPeopleAlone ? -RANKS[kind] : RANKS[kind]);
  const sorted = waits.toSorted((a, b) => rank(a) - rank(b));
  for (const wait of sorted) {
    const { kind, name, state, worker, attempt, instanceId, last, nextAt } = wait;
    const key = JSON.stringify([kind, name, state, worker, attempt, instanceId, last, nextAt]);
    const known = groups.get(key);
    groups.set(key, known === undefined ? { wait, count: 1 } : { wait: known.wait, count: known.count + 1 });
  }
  return [...groups.values()];
}
