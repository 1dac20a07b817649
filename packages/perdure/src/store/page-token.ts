import type { OrderedBy } from "./queries.ts";

/** A place in the order of a query: between the row with this time and number, and the next. */
export interface Place {
  readonly at: number;
  readonly no: number;
}

/** Opaque to all but the store. By which times it was made is in it: among others it would be another place. */
export const pageToken = ({ at, no }: Place, by: OrderedBy = "created"): string => `${by === "ended" ? "e" : ""}${at}.${no}`;

/** Null for a token that no store gave for this order. */
export function parsePageToken(token: string, by: OrderedBy = "created"): Place | null {
  const match = /^(e?)(-?\d+)\.(\d+)$/.exec(token);
  if (match === null || (match[1] === "e") !== (by === "ended")) return null;
  const place = { at: Number(match[2]), no: Number(match[3]) };
  return Number.isSafeInteger(place.at) && Number.isSafeInteger(place.no) ? place : null;
}
