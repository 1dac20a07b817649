import type { FailureGroup } from "../api/wire.ts";
import { siteText } from "./places.ts";
import type { Zone } from "./time-text.ts";
import { clockText, dayText } from "./time-text.ts";

export interface MessagePart {
  readonly text: string;
  /** Left out of what the group is made by. */
  readonly isVariable: boolean;
}

/** Where a number, an id or a quoted text was, the host leaves a word in angle brackets: `Order <id> took <n> ms`. */
const VARIABLE = /(<[a-z]+>)/;

/** The code of what is stopped is no part of its sentence. */
export function messageParts({ kind, errorType, message }: Pick<FailureGroup, "kind" | "errorType" | "message">): readonly MessagePart[] {
  const begin = kind === "stopped" || message.startsWith(`${errorType}:`) || errorType === "" ? "" : `${errorType}: `;
  return `${begin}${message}`
    .split(VARIABLE)
    .map((text, index) => (index % 2 === 1 ? { text: text.slice(1, -1), isVariable: true } : { text, isVariable: false }))
    .filter(({ text }) => text !== "");
}

type Meta = Pick<FailureGroup, "name" | "version" | "from" | "site" | "kind" | "errorType">;

/** `FulfilOrder v2 · ShipParcel · shipping.ts:42`. */
export function metaText({ name, version, from, site, kind, errorType }: Meta): string {
  const parts = [
    version === null || version === "" ? name : `${name} v${version.replace(/^v/, "")}`,
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

function minuteText(at: number, now: number, zone: Zone): string {
  const day = dayText(at, now, zone);
  const minute = clockText(at, zone).slice(0, 5);
  return day.startsWith("today ") ? minute : `${day.replace(/ [\d:]+$/, "")} ${minute}`;
}
