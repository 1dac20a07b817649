import type { Branded } from "./brand.ts";
import { jsonLoss, jsonObstacle } from "./json-loss.ts";

/** A user's value as a JSON string. The engine carries it and never looks inside. */
export type Payload = Branded<string, "Payload">;

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue | undefined };

/** The seam between user values and stored text. JSON by default. */
export interface PayloadCodec {
  /** `undefined` becomes null (no payload). Throws TypeError for values that would not come out as they went in (bigint, cycles, Map …). */
  encode(value: unknown): Payload | null;
  decode(payload: Payload | null): unknown;
}

export const payload = (jsonText: string): Payload => jsonText as Payload;

export const jsonCodec: PayloadCodec = {
  encode(value) {
    if (typeof value === "string") return payload(JSON.stringify(value));
    const text = stringified(value);
    const loss = jsonLoss(value);
    if (loss !== null) throw new TypeError(loss);
    return text === undefined ? null : payload(text);
  },
  decode(text) {
    return text === null ? undefined : JSON.parse(text);
  },
};

function stringified(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (error) {
    const obstacle = jsonObstacle(value);
    throw obstacle === null ? error : new TypeError(obstacle);
  }
}

/** UTF-8 bytes of a payload without encoding it: limits are given in these (1 KB = 1,024). */
export function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    if (unit < 0x800) bytes += 1;
    else if (unit >= 0xd800 && unit <= 0xdbff && isLowSurrogate(text.charCodeAt(i + 1))) {
      bytes += 2; // four bytes for the pair's two units
      i++;
    } else bytes += 2;
  }
  return bytes;
}

const isLowSurrogate = (unit: number) => unit >= 0xdc00 && unit <= 0xdfff;

/** True when `text` is surely within `limit` bytes, decided without a scan where possible (one unit is at most three bytes). */
export function fitsBytes(text: string, limit: number): boolean {
  if (text.length * 3 <= limit) return true;
  if (text.length > limit) return false;
  return utf8Bytes(text) <= limit;
}
