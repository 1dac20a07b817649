import { fitsBytes } from "../../../model/payload.ts";
import { compress, decompress } from "../../zstd.ts";

/** A string over this many UTF-8 bytes is stored compressed. */
const COMPRESS_OVER_BYTES = 16 * 1_024;

/** No UTF-8 and no zstd frame begins with it: UTF-16 follows. */
const UTF16 = 0xff;

/**
 * How a string goes into its two columns: null when the `text` column takes it as it is, else the bytes for the `_z` column. Those are a zstd
 * frame, or UTF-16 for what PostgreSQL's text cannot hold: U+0000 and half surrogate pairs.
 */
export function packed(text: string): Buffer | null {
  if (text.includes("\u0000") || !text.isWellFormed()) return Buffer.concat([Buffer.of(UTF16), Buffer.from(text, "utf16le")]);
  if (fitsBytes(text, COMPRESS_OVER_BYTES)) return null;
  const bytes = Buffer.from(text, "utf8");
  const frame = compress(bytes);
  return frame.length < bytes.length ? frame : null;
}

/** From the two columns, of which at most one is set. */
export function textOrNull(text: unknown, z: unknown): string | null {
  if (z instanceof Uint8Array) return unpack(z);
  return typeof text === "string" ? text : null;
}

export function text(column: unknown, z: unknown): string {
  const value = textOrNull(column, z);
  if (value === null) throw new TypeError("A stored string is null");
  return value;
}

function unpack(bytes: Uint8Array): string {
  if (bytes[0] !== UTF16) return decompress(bytes).toString("utf8");
  return Buffer.from(bytes.buffer, bytes.byteOffset + 1, bytes.byteLength - 1).toString("utf16le");
}
