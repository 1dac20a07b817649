import { fault } from "../errors/perdure-error.ts";
import { isMask, maskJson, parseMasks } from "./mask-json.ts";
import type { PayloadPolicy } from "./wire.ts";

/** What of payloads leaves this host. */
export interface ShownPayloads {
  readonly policy: PayloadPolicy;
  /** Of the whole JSON text of one; null: nothing but its size. */
  readonly shown: (payload: string) => string | null;
}

/** As the option says it: a list of fields is masked. */
export type ConsolePayloads = "show" | "hide" | { readonly redact: readonly string[] };

/** Of what is not JSON the fields to mask cannot be found, so nothing of it is shown. */
export function shownPayloads(given: ConsolePayloads, where: string): ShownPayloads {
  if (given === "show") return { policy: "show", shown: (payload) => payload };
  if (given === "hide") return { policy: "hide", shown: () => null };
  const fields: unknown = given?.redact;
  if (!Array.isArray(fields) || fields.length === 0 || !fields.every((field) => typeof field === "string" && isMask(field)))
    throw fault("OPTION_INVALID", where, "payloads", given, '"show", "hide", or { redact: ["password", "card.*"] }');
  const masks = parseMasks(fields);
  return { policy: "redact", shown: (payload) => maskJson(payload, masks) };
}
