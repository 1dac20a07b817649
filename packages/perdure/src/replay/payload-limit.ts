import { fault, faultFrom, PerdureError } from "../errors/perdure-error.ts";
import type { Payload, PayloadCodec } from "../model/payload.ts";
import { fitsBytes, utf8Bytes } from "../model/payload.ts";

export const DEFAULT_MAX_PAYLOAD_BYTES = 32 * 1_024 * 1_024;

/** Turns user values into payloads, within the limit. Throws catalogue errors that name `what` was too large or no JSON. */
export class PayloadEncoder {
  readonly #codec: PayloadCodec;
  readonly #maxBytes: number;

  constructor(codec: PayloadCodec, maxBytes: number) {
    this.#codec = codec;
    this.#maxBytes = maxBytes;
  }

  encode(value: unknown, what: string): Payload | null {
    if (value === undefined) return null;
    const encoded = this.#toPayload(value, what);
    if (encoded !== null && !fitsBytes(encoded, this.#maxBytes)) throw fault("PAYLOAD_TOO_LARGE", what, utf8Bytes(encoded), this.#maxBytes);
    return encoded;
  }

  decode(payload: Payload | null): unknown {
    return this.#codec.decode(payload);
  }

  #toPayload(value: unknown, what: string): Payload | null {
    try {
      return this.#codec.encode(value);
    } catch (error) {
      if (error instanceof PerdureError) throw error;
      throw faultFrom(error, "PAYLOAD_NOT_JSON", what, error instanceof Error ? error.message : String(error));
    }
  }
}
