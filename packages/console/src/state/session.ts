import { computed, signal } from "@preact/signals";
import { ApiError, get, onSignedOut, post, remove } from "../api/client.ts";
import type { Session } from "../api/wire.ts";

/** `asking`: not known yet. `away`: the host does not answer. */
export type SessionState = { readonly kind: "asking" | "away" | "out" } | { readonly kind: "in"; readonly session: Session };

export const session = signal<SessionState>({ kind: "asking" });

/** Signed in, or with nothing to sign in to. */
export const isIn = computed(() => session.value.kind === "in");

/** With a key, which can be given up. */
export const canSignOut = computed(() => session.value.kind === "in" && session.value.session.expiresAt !== null);

const SIGN_IN = 401;

onSignedOut(() => {
  session.value = { kind: "out" };
});

export async function askSession(): Promise<void> {
  try {
    session.value = { kind: "in", session: await get<Session>("/session") };
  } catch (error) {
    session.value = { kind: error instanceof ApiError && error.status === SIGN_IN ? "out" : "away" };
  }
}

export async function signIn(key: string): Promise<void> {
  session.value = { kind: "in", session: await post<Session>("/session", { key }) };
}

export async function signOut(): Promise<void> {
  await remove("/session");
  session.value = { kind: "out" };
}
