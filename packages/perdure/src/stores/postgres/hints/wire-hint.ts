import { instanceId } from "../../../model/ids.ts";
import { mergeEnds } from "../../../store/end-listeners.ts";
import type { Hint } from "./hints.ts";

/** What goes over the channel. `from`: one store object of one process, so that a store leaves out its own hints. */
export type WireHint =
  | ({ readonly kind: "hint"; readonly from: string } & Hint)
  /** "I listen", and the self-test of who sends it. `waits`: that process waits for instances to end. */
  | { readonly kind: "here"; readonly from: string; readonly nonce: number; readonly waits: boolean };

/** Above this many a hint names none and means all: PostgreSQL takes 8,000 bytes. */
const MOST_OWNERS = 200;
const MOST_BYTES_OF_IDS = 5_000;

export function toPayload(hint: WireHint): string {
  if (hint.kind === "here") return JSON.stringify({ f: hint.from, n: hint.nonce, ...(hint.waits ? { w: 1 } : {}) });
  const isForAll = hint.owners.length > MOST_OWNERS;
  const ended = hint.ended === null || Buffer.byteLength(JSON.stringify(hint.ended)) > MOST_BYTES_OF_IDS ? 1 : hint.ended;
  return JSON.stringify({ f: hint.from, r: hint.ready || isForAll ? 1 : 0, o: isForAll ? [] : hint.owners, e: ended });
}

/** Null for what is not ours: any client of the database may send to a channel. */
export function fromPayload(payload: string | undefined): WireHint | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(payload ?? "");
  } catch {
    return null;
  }
  if (typeof parsed !== "object" || parsed === null || !("f" in parsed) || typeof parsed.f !== "string") return null;
  const from = parsed.f;
  if ("n" in parsed) return typeof parsed.n === "number" ? { kind: "here", from, nonce: parsed.n, waits: "w" in parsed } : null;
  if (!("o" in parsed) || !Array.isArray(parsed.o) || !("r" in parsed) || !("e" in parsed)) return null;
  const ended = Array.isArray(parsed.e) ? parsed.e.filter((id) => typeof id === "string").map(instanceId) : null;
  return { kind: "hint", from, ready: parsed.r === 1, owners: parsed.o.filter((owner) => typeof owner === "number"), ended };
}

export function mergeHints(a: Hint | null, b: Hint): Hint {
  if (a === null) return b;
  const owners = b.owners.length === 0 ? a.owners : [...new Set([...a.owners, ...b.owners])];
  return { ready: a.ready || b.ready, owners, ended: mergeEnds(a.ended, b.ended) };
}
