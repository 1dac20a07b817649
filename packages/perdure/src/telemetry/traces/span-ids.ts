import { bitsOf } from "./hex.ts";
import type { SpanId, TraceId } from "./span.ts";

/**
 * Ids are computed and not drawn: other workers, restarts and repeats come to the same, and a parent is known before it is exported. Releases that differ in
 * what this file computes would part the traces that are under way when one follows the other: a test has examples that must stay.
 *
 * Not SHA-1, which takes twice as long (0.35 µs an id against 0.18, Node 26.10), three ids a span: nothing here has to withstand an attacker, and ids of spans need
 * to differ within one trace alone.
 */
type IdPart = string | number;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** The state of the hash, here and not in an object: an id is computed without making anything but its text. */
let high = 0;
let low = 0;

/** The parts in this order; a text and a number that reads the same are the same part. */
export function spanIdOf(seed: string, ...parts: readonly IdPart[]): SpanId {
  begin(0x9e3779b9, 0x7f4a7c15);
  absorbText(seed);
  for (const part of parts) absorb(part);
  return finished();
}

/** Without an array for its parts: this is asked for several times in each activity. */
export function callIdOf(seed: string, generation: number, eventId: number): SpanId {
  begin(0x9e3779b9, 0x7f4a7c15);
  absorbText(seed);
  absorbNumber(generation);
  absorbText("call");
  absorbNumber(eventId);
  return finished();
}

export function traceIdOf(seed: string, ...parts: readonly IdPart[]): TraceId {
  // An execution id is 128 bits of chance, written as a trace id is.
  if (parts.length === 0 && seed.length === 32 && bitsOf(seed, 0, 32) > 0) return seed;
  begin(0x243f6a88, 0x85a308d3);
  absorbText(seed);
  for (const part of parts) absorb(part);
  const first = finished();
  absorbText("more");
  return first + finished();
}

function begin(one: number, other: number): void {
  high = one | 0;
  low = other | 0;
}

function absorb(part: IdPart): void {
  if (typeof part === "number") absorbNumber(part);
  else absorbText(part);
}

/** Ends with its length, so that `ab, c` is not `a, bc`. */
function absorbText(text: string): void {
  for (let index = 0; index < text.length; index += 1) step(text.charCodeAt(index));
  step(text.length);
}

/** Whole numbers, and times with fractions by their whole part. */
function absorbNumber(number: number): void {
  step(number);
  if (number >= 0x1_0000_0000) step(number / 0x1_0000_0000);
}

/** For one value the states before and after are one to one, and each bit moves on. */
function step(value: number): void {
  const mixed = Math.imul(high ^ value, 0x85ebca6b);
  high = (mixed << 13) | (mixed >>> 19);
  const other = Math.imul((low + high) | 0, 0xc2b2ae35);
  low = (other << 17) | (other >>> 15);
}

/** Also one to one: ids of different calls of one execution differ. */
function finished(): SpanId {
  high = Math.imul(high ^ (low >>> 15), 0x2c1b3c6d);
  low = Math.imul(low ^ (high >>> 13), 0x297a2d39);
  high = Math.imul(high ^ (low >>> 16), 0x27d4eb2f);
  low = Math.imul(low ^ (high >>> 15), 0x165667b1);
  if ((high | low) === 0) low = 1; // means none
  return hexOf(high) + hexOf(low);
}

const hexOf = (bits: number): string => `${HEX[bits >>> 24]}${HEX[(bits >>> 16) & 0xff]}${HEX[(bits >>> 8) & 0xff]}${HEX[bits & 0xff]}`;
