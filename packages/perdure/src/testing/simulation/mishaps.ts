import type { CallOutcome } from "../fault-store.ts";
import { PASS } from "../fault-store.ts";
import type { StoreMethod } from "../store-proxy.ts";

/** Decides what goes wrong, and when: by chance, or at one boundary after the other. */
export interface Mishaps {
  boundary(node: number, point: string): void;
  /** `node` is null for a client outside all processes. */
  outcomeOf(method: StoreMethod, node: number | null): CallOutcome;
  readonly isDuplicating: boolean;
  duplicated(): void;
  hint(): boolean;
  holdsAnswer(): boolean;
  heldAnswer(): void;
  mayMisbehave(): boolean;
  shouldHang(): boolean;
  /** An activity ends its process. */
  poisoned(): void;
}

/** Nothing goes wrong. */
export const NO_MISHAPS: Mishaps = {
  boundary: () => {},
  outcomeOf: () => PASS,
  isDuplicating: false,
  duplicated: () => {},
  hint: () => true,
  holdsAnswer: () => false,
  heldAnswer: () => {},
  mayMisbehave: () => false,
  shouldHang: () => false,
  poisoned: () => {},
};
