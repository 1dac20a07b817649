import type { Client } from "pg";
import { withClient } from "../../../packages/perdure/src/testing/postgres/databases.ts";

/** Runs `body` while another connection holds a transaction with a snapshot and an id of its own open: no row version newer can be removed. */
export async function whileTransactionIsHeld<Value>(databaseUrl: string, body: (holder: Client) => Promise<Value>): Promise<Value> {
  return await withClient(databaseUrl, async (holder) => {
    await holder.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
    await holder.query("SELECT pg_current_xact_id()");
    const value = await body(holder);
    await holder.query("COMMIT");
    return value;
  });
}
