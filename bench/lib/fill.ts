import { DatabaseSync } from "node:sqlite";
import { TaskHub } from "perdure";
import type { Client } from "pg";
import { withClient } from "../../packages/perdure/src/testing/postgres/databases.ts";
import { useHubSchema } from "./postgres/hub-schema.ts";

export interface Filling {
  /** Of one real start, whose columns all rows have that are not named in `columns`. */
  readonly orchestrator: string;
  readonly count: number;
  /** SQL by column, of row `n` from 1. */
  readonly columns: Readonly<Record<string, string>>;
  /** Further statements. `numbers`: a table with those `n`. */
  readonly more?: (numbers: string) => readonly string[];
}

/** Straight into the tables: a million starts and ends would take minutes, and the rows would be the same. */
export async function fillHub(url: string, filling: Filling): Promise<void> {
  const hub = await TaskHub.open(url, { functions: [], log: false });
  await hub.client.startNew(filling.orchestrator, { instanceId: "seed", startAt: "1d" });
  await hub.close();
  if (url.startsWith("file:")) fillFile(url.slice("file:".length), filling);
  else await withClient(url, (client) => fillServer(client, filling));
}

function fillFile(path: string, filling: Filling): void {
  const db = new DatabaseSync(path);
  const rows = db.prepare("SELECT name FROM pragma_table_info('instances')").all();
  const numbers = `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${filling.count})`;
  const names = rows.map(({ name }) => String(name));
  for (const sql of inserts(filling, names, "numbers")) db.exec(`${numbers} ${sql}`);
  db.close();
}

/** As autovacuum leaves it. */
async function fillServer(client: Client, filling: Filling): Promise<void> {
  await useHubSchema(client);
  const { rows } = await client.query<{ readonly attname: string }>(
    "SELECT attname FROM pg_attribute WHERE attrelid = 'instances'::regclass AND attnum > 0 AND NOT attisdropped",
  );
  const names = rows.map(({ attname }) => attname);
  for (const sql of inserts(filling, names, `generate_series(1, ${filling.count}) AS numbers (n)`)) await client.query(sql);
  await client.query("VACUUM (ANALYZE)");
}

const inserts = ({ columns, more }: Filling, names: readonly string[], numbers: string): readonly string[] => [
  `INSERT INTO instances (${names.join(", ")})
    SELECT ${names.map((name) => columns[name] ?? `seed.${name}`).join(", ")} FROM ${numbers}, (SELECT * FROM instances WHERE instance_id = 'seed') seed`,
  ...(more?.(numbers) ?? []),
];
