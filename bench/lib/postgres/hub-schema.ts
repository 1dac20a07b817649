import type { Client } from "pg";
import { readNumber, readValue } from "./read.ts";

/** The schema of the task hub in a database that holds one. */
export async function useHubSchema(client: Client): Promise<void> {
  const schema = await readValue(client, "SELECT quote_ident(schemaname) FROM pg_tables WHERE tablename = 'instances'");
  await client.query(`SET search_path = ${String(schema)}`);
}

/** How many of these instances are owned by the worker in that process. */
export async function countOwnedBy(client: Client, pid: number, instanceIds: readonly string[]): Promise<number> {
  const sql = `SELECT count(*) FROM instances i JOIN workers w ON w.worker = i.owner WHERE w.host LIKE '%:' || $1::int AND i.instance_id = ANY ($2)`;
  return await readNumber(client, sql, [pid, instanceIds]);
}
