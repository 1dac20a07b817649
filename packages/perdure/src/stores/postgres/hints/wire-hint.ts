import type { Hint } from "./hints.ts";

/** What goes over the channel. `from`: one store object of one process, so that nobody hears himself. */
export type WireHint =
  | ({ readonly kind: "hint"; readonly from: string } & Hint)
  /** "I listen", and the self-test of who sends it. */
  | { readonly kind: "here"; readonly from: string; readonly nonce: number };

/** Above this many a hint names nobody and means everybody: PostgreSQL takes 8,000 bytes. */
const MOST_OWNERS = 200;

export function toPayload(hint: WireHint): string {
  if (hint.kind === "here") return JSON.stringify({ f: hint.from, n: hint.nonce });
  const everybody = hint.owners.length > MOST_OWNERS;
  return JSON.stringify({ f: hint.from, r: hint.ready || everybody ? 1 : 0, o: everybody ? [] : hint.owners });
}

/** Null for what is not ours: anybody with access to the database may send to a channel. */
export function fromPayload(payload: string | undefined): WireHint | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(payload ?? "");
  } catch {
    return null;
  }
  if (typeof parsed !== "object" || parsed === null || !("f" in parsed) || typeof parsed.f !== "string") return null;
  if ("n" in parsed) return typeof parsed.n === "number" ? { kind: "here", from: parsed.f, nonce: parsed.n } : null;
  if (!("o" in parsed) || !Array.isArray(parsed.o) || !("r" in parsed)) return null;
  return { kind: "hint", from: parsed.f, ready: parsed.r === 1, owners: parsed.o.filter((owner) => typeof owner === "number") };
}

export const mergeHints = (a: Hint | null, b: Hint): Hint =>
  a === null ? b : { ready: a.ready || b.ready, owners: b.owners.length === 0 ? a.owners : [...new Set([...a.owners, ...b.owners])] };
