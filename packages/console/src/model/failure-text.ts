import type { FailureGroup } from "../api/wire.ts";
import { versionText } from "./function-text.ts";
import { siteText } from "./places.ts";
import type { Zone } from "./time-text.ts";
import { clockText, dayText } from "./time-text.ts";

export interface MessagePart {
  readonly text: string;
  /** Left out of what the group is made by. */
  readonly isVariable: boolean;
}

/** Where a number, an id or a quoted text was, the host leaves this. */
const VARIABLE = "…";

/** What is in the message of each such failure, and says no more than the line below it. */
const LEAD = /^(?:Activity|Sub-orchestration|Entity) "[^"]*" failed: /;

/** The code of what is stopped is no part of its sentence. */
export function messageParts({ kind, errorType, message }: Pick<FailureGroup, "kind" | "errorType" | "message">): readonly MessagePart[] {
  if (errorType === "NON_DETERMINISM") return [{ text: "The code does not fit the history", isVariable: false }];
  const told = message.replace(LEAD, "");
  const begin = kind === "stopped" || told.startsWith(`${errorType}:`) || errorType === "" ? "" : `${errorType}: `;
  const fixed = `${begin}${told}`.split(VARIABLE).map((text) => ({ text, isVariable: false }));
  return fixed
    .flatMap((part, index) => (index === 0 ? [part] : [{ text: VARIABLE, isVariable: true }, part]))
    .filter(({ text }) => text !== "");
}

type Meta = Pick<FailureGroup, "name" | "version" | "from" | "site" | "kind" | "errorType">;

/** `FulfilOrder v2 · ShipParcel · shipping.ts:42`. */
export function metaText({ name, version, from, site, kind, errorType }: Meta): string {
  const parts = [
    version === null || version === "" ? name : `${name} ${versionText(version)}`,
    ...(from === null ? [] : [from]),
    ...(kind === "stopped" ? [errorType] : []),
    ...(site === null ? [] : [siteText(site)]),
  ];
  return [...new Set(parts)].join(" · ");
}

const NOW_MS = 5 * 60_000;

/** `13:02 to now`, `since 13:20`, `09:31`, `yesterday 23:10 to 01:44`. */
export function whenText(first: number, last: number, now: number, zone: Zone): string {
  const begin = minuteText(first, now, zone);
  if (now - last < NOW_MS) return last - first < NOW_MS ? "just now" : `${begin} to now`;
  const end = minuteText(last, now, zone);
  return begin === end ? begin : `${begin} to ${end}`;
}

/** `13:02`, `yesterday 23:10`. */
export function minuteText(at: number, now: number, zone: Zone): string {
  const day = dayText(at, now, zone);
  const minute = clockText(at, zone).slice(0, 5);
  return day.startsWith("today ") ? minute : `${day.replace(/ [\d:]+$/, "")} ${minute}`;
}

/** The longest text that all failures of the group have: a list is found by it. */
export function commonText(message: string): string {
  const parts = message.split(VARIABLE).map((part) => part.replace(/^["“`']|["”`']$/g, "").trim());
  return parts.reduce((longest, part) => (part.length > longest.length ? part : longest), "");
}
