import type { Client } from "pg";
import { withClient } from "../../../packages/perdure/src/testing/postgres/databases.ts";

/** The one value of the one row; text as PostgreSQL writes it for types that JavaScript has no exact number for. */
export async function readValue(client: Client, sql: string, parameters: readonly unknown[] = []): Promise<unknown> {
  const { rows } = await client.query<unknown[]>({ text: sql, values: [...parameters], rowMode: "array" });
  const row = rows[0];
  if (row === undefined) throw new Error(`no row from: ${sql}`);
  return row[0];
}

export async function readNumber(client: Client, sql: string, parameters: readonly unknown[] = []): Promise<number> {
  const value = Number(await readValue(client, sql, parameters));
  if (!Number.isFinite(value)) throw new Error(`no number from: ${sql}`);
  return value;
}

/** As the open server says for new connections to this database, not as it was asked: every commit waits for the disk. */
export async function syncsEveryCommit(url: string): Promise<boolean> {
  return await withClient(url, async (client) => {
    const fsync = await readValue(client, "SHOW fsync");
    const synchronousCommit = await readValue(client, "SHOW synchronous_commit");
    return fsync === "on" && synchronousCommit === "on";
  });
}
