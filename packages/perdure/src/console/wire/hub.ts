import type { InstanceAction } from "./actions.ts";

/** `write`: everything. `read`: whatever changes something is refused with 403. */
export type Role = "write" | "read";

/** `hide`: sizes only. `redact`: some fields are masked, on the host. */
export type PayloadPolicy = "show" | "redact" | "hide";

/** GET `/session`: 401 with `CONSOLE_SIGN_IN` when there are keys and no valid cookie. POST `/session` with a {@link SignIn}; DELETE signs out. */
export interface Session {
  readonly role: Role;
  /** Null: this host has no keys, and needs no sign-in. */
  readonly expiresAt: number | null;
}

export interface SignIn {
  readonly key: string;
}

/** What this host can do; what is absent has no button. */
export type Feature =
  | "start"
  | InstanceAction
  | "bulk"
  | "entities"
  | "schedules"
  /** Source lines of the app: `perdure dev` only. */
  | "source"
  | "metrics";

/** GET `/hub`. */
export interface HubInfo {
  readonly name: string;
  /** Of Perdure. */
  readonly version: string;
  readonly store: { readonly kind: "memory" | "sqlite" | "postgres" | "other"; readonly where: string | null };
  readonly features: readonly Feature[];
  readonly role: Role;
  readonly payloads: PayloadPolicy;
  readonly now: number;
  /** How long ended instances stay, in words. */
  readonly retention: string | null;
  /** True: `perdure dev` serves it. */
  readonly isDev: boolean;
  /** False: no worker runs in this host. */
  readonly hasWorker: boolean;
  /** What listens where: paths from the root of this host; null: it does not. */
  readonly paths: { readonly functions: string | null; readonly management: string | null; readonly metrics: string | null };
  /** Longest payload that the hub takes. */
  readonly maxPayloadBytes: number;
}
