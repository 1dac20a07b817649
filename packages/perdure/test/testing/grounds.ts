import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import type { Store } from "../../src/store/contract.ts";
import { createMemoryStore } from "../../src/stores/memory/memory-store.ts";
import { openSqliteStore } from "../../src/stores/sqlite/sqlite-store.ts";
import type { Ground } from "./ground.ts";

export const STORES = ["memory", "sqlite inline", "sqlite thread", "postgres"] as const;
export type StoreKind = (typeof STORES)[number];

export interface GroundOptions {
  readonly kind: StoreKind;
  /** The SQLite file; a new one by default. It is left where it is. */
  readonly file: string | null;
  /** The store's clock. */
  readonly now: () => number;
  /** On PostgreSQL `now` holds with this only: it costs most calls a second round trip. Without it the database's own clock does. */
  readonly steersTime: boolean;
}

export async function openGround({ kind, file, now, steersTime }: GroundOptions): Promise<Ground> {
  if (kind === "memory") return oneStore(createMemoryStore({ now }));
  if (kind === "postgres") return (await postgres()).openSchema(steersTime ? now : null);
  const folder = file === null ? mkdtempSync(join(tmpdir(), "perdure-test-")) : null;
  const path = file ?? join(folder ?? "", "hub.db");
  return oneStore(await openSqliteStore({ path, thread: kind === "sqlite inline" ? "inline" : "worker", now }), () => {
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
  });
}

function oneStore(store: Store, cleanUp: () => void = () => {}): Ground {
  return { store, connect: () => Promise.resolve(store), close: () => store.close().finally(cleanUp) };
}

/** Only who asks for it loads the driver and the harness. */
function postgres(): Promise<typeof import("./postgres-ground.ts")> {
  loaded ??= import("./postgres-ground.ts");
  return loaded;
}
let loaded: ReturnType<typeof postgres> | null = null;
after(async () => (await loaded)?.dropDatabase());
