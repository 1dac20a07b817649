import { fitsBytes } from "../../model/payload.ts";
import { orSay } from "../sql-rows.ts";
import { compress, decompress } from "../zstd.ts";

/** Text over this many UTF-8 bytes is stored compressed. */
export const COMPRESS_OVER_BYTES = 16 * 1_024;

/** Payloads over this many characters leave the hot `instances` row. */
export const SIDE_OVER_CHARS = 2 * 1_024;

export type Stored = string | Uint8Array | null;

/** TEXT as it is, or a zstd BLOB when that is smaller. */
export function pack(text: string): string | Uint8Array {
  if (fitsBytes(text, COMPRESS_OVER_BYTES)) return text;
  const bytes = Buffer.from(text, "utf8");
  const packed = compress(bytes);
  return packed.length < bytes.length ? packed : text;
}

export const packOrNull = (text: string | null): Stored => (text === null ? null : pack(text));

export function unpack(stored: unknown): string {
  if (typeof stored === "string") return stored;
  if (stored instanceof Uint8Array) return decompress(stored).toString("utf8");
  throw new TypeError(`A stored text is a ${stored === null ? "null" : typeof stored}`);
}

export const unpackOrSay = (stored: unknown): string => orSay(() => unpack(stored));

export const unpackOrNull = (stored: unknown): string | null => (stored === null ? null : unpack(stored));
