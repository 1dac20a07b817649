import { DEFAULT_MAX_JSON_DEPTH } from "../../model/json-depth.ts";
import type { Payload, PayloadCodec } from "../../model/payload.ts";
import type { PayloadLimits } from "../../model/payload-limits.ts";
import { checkPayload, decodeWithin, encodeFault } from "../../model/payload-limits.ts";

export const DEFAULT_PAYLOAD_LIMITS: PayloadLimits = { maxBytes: 32 * 1_024 * 1_024, maxDepth: DEFAULT_MAX_JSON_DEPTH };

/** Turns user values into payloads and back, within the limits. Throws catalogue errors that name `what` was too large or not JSON. */
export class PayloadEncoder {
  readonly #codec: PayloadCodec;
  readonly #limits: PayloadLimits;

  constructor(codec: PayloadCodec, limits: PayloadLimits) {
    this.#codec = codec;
    this.#limits = limits;
  }

  encode(value: unknown, what: string): Payload | null {
    if (value === undefined) return null;
    const encoded = this.#toPayload(value, what);
    checkPayload(what, encoded, this.#limits);
    return encoded;
  }

  decode(payload: Payload | null): unknown {
    return decodeWithin(this.#codec, payload, this.#limits.maxDepth);
  }

  #toPayload(value: unknown, what: string): Payload | null {
    try {
      return this.#codec.encode(value);
    } catch (error) {
      throw encodeFault(error, what, this.#limits.maxDepth);
    }
  }
}
