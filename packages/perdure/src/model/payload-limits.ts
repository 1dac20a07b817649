import { fault, faultFrom, PerdureError } from "../errors/perdure-error.ts";
import { isDeeperThan } from "./json-depth.ts";
import type { Payload, PayloadCodec } from "./payload.ts";
import { fitsBytes, utf8Bytes } from "./payload.ts";

/** Limits of every value: inputs, events, results, custom status, heartbeats. */
export interface PayloadLimits {
  /** UTF-8 bytes of its JSON. */
  readonly maxBytes: number;
  /** Nested levels of lists and objects: some millions of brackets block a process for minutes when they become values. */
  readonly maxDepth: number;
}

/**
 * Throws PAYLOAD_TOO_LARGE and PAYLOAD_TOO_DEEP, which name `what`. `knownDepth`: so many levels at most, as a scan of the caller's has found; it is not
 * scanned again.
 */
export function checkPayload(what: string, text: Payload | null, limits: PayloadLimits, knownDepth = Number.POSITIVE_INFINITY): void {
  if (text === null) return;
  if (!fitsBytes(text, limits.maxBytes)) throw fault("PAYLOAD_TOO_LARGE", what, utf8Bytes(text), limits.maxBytes);
  if (knownDepth > limits.maxDepth && isDeeperThan(text, limits.maxDepth)) throw fault("PAYLOAD_TOO_DEEP", what, limits.maxDepth);
}

/** As the codec, for what may have been stored under other limits. */
export function decodeWithin(codec: PayloadCodec, text: Payload | null, maxDepth: number): unknown {
  if (text !== null && isDeeperThan(text, maxDepth)) throw fault("PAYLOAD_TOO_DEEP", "stored value", maxDepth);
  return codec.decode(text);
}

/** Of what a codec threw. `JSON.stringify` needs a stack frame for each level: some thousands of them are too many for it. */
export function encodeFault(error: unknown, what: string, maxDepth: number): PerdureError {
  try {
    if (error instanceof PerdureError) return error;
    if (error instanceof RangeError && error.message.includes("call stack")) return fault("PAYLOAD_TOO_DEEP", what, maxDepth);
    return faultFrom(error, "PAYLOAD_NOT_JSON", what, error instanceof Error ? error.message : String(error));
  } catch {
    // What a getter or a toJSON of the author's threw does not let itself be read either.
    return fault("PAYLOAD_NOT_JSON", what, "a value in it threw when it was read");
  }
}
