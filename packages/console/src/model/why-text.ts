import type { Wait, Why } from "../api/wire.ts";
import { roughText } from "./durations.ts";
import type { Zone } from "./time-text.ts";
import { clockText, dayText } from "./time-text.ts";

/** What stands above the list of waits: short, with the time that is next, and whether a person is meant. */
export function whyHeadline({ state, waits, more, headline }: Why, now: number, zone: Zone = "local"): string {
  const [first] = waits;
  const count = waits.length + more;
  if (state !== "waiting" || first === undefined) return withLocalTimes(headline, now, zone);
  const events = waits.filter(({ kind }) => kind === "event");
  if (count === events.length || waits.every(({ kind }) => kind === "event" || kind === "timer")) {
    const [event] = events;
    if (event !== undefined) return `Waits for ${eventNames(events)}, for ${roughText(now - event.since)}`;
  }
  if (count === 1) return `Waits for ${nameOf(first)}, for ${roughText(now - first.since)}`;
  const next = Math.min(...waits.flatMap(({ nextAt }) => (nextAt === null ? [] : [nextAt])));
  return `Waits for ${count} things${Number.isFinite(next) ? `; the next one is due ${dueText(next, now)}` : ""}`;
}

/** Whoever raises an event is a person or another system: history does not say which. */
function eventNames(events: readonly Wait[]): string {
  const names = events.map(({ name }) => name);
  return names.length === 1 ? `event ${names[0]}` : `events ${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
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
      return nextAt === null ? withLocalTimes(wait.text, now, zone) : `fires ${dayText(nextAt, now, zone)}, ${dueText(nextAt, now)}`;
    case "activity": {
      const tries = attempt !== null && attempt > 1 ? `attempt ${attempt}${of === null ? "" : ` of ${of}`} ` : "";
      if (state === "running" && worker !== null) return `${tries}runs on worker ${worker}, asked for ${waited} ago`;
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
