import type { Payload, PayloadCodec } from "../../model/payload.ts";
import { payload } from "../../model/payload.ts";
import { PayloadEncoder } from "../../replay/values/payload-encoder.ts";
import type { V3Settings } from "./v3-function.ts";

/** As on Azure: what JSON cannot hold is left out or changed without a word. */
const asOnAzure: PayloadCodec = {
  encode(value) {
    const text = JSON.stringify(value);
    return text === undefined ? null : payload(text);
  },
  decode: (text) => (text === null ? undefined : JSON.parse(text)),
};

/** Text that is JSON already. */
const asItIs: PayloadCodec = { ...asOnAzure, encode: (text) => payload(text as string) };

/** Values of the app as text, within the limits. Throws errors of the catalogue that name `what`. */
export class V3Payloads {
  readonly #values: PayloadEncoder;
  readonly #texts: PayloadEncoder;

  constructor({ maxPayloadBytes: maxBytes, maxJsonDepth: maxDepth }: Pick<V3Settings, "maxPayloadBytes" | "maxJsonDepth">) {
    this.#values = new PayloadEncoder(asOnAzure, { maxBytes, maxDepth });
    this.#texts = new PayloadEncoder(asItIs, { maxBytes, maxDepth });
  }

  encode(value: unknown, what: string): Payload | null {
    return this.#values.encode(value, what);
  }

  /** The library has made JSON of texts, and of nothing else: inputs of activities and of continue-as-new. */
  prepared(value: unknown, what: string): Payload | null {
    return typeof value === "string" ? this.#texts.encode(value, what) : this.encode(value, what);
  }

  /** JSON text that the library has made. */
  text(value: string | undefined, what: string): Payload | null {
    return value === undefined ? null : this.#texts.encode(value, what);
  }
}
