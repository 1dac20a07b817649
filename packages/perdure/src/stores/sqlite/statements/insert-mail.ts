import type { Message } from "../../../model/message.ts";
import { dedupIdOf, generationOf } from "../../../store/wake.ts";
import type { Connection } from "../connection.ts";
import { pack } from "../payload-column.ts";

const INSERT = `INSERT INTO inbox (no, generation, worker, kind, body, message_id) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (no, message_id) WHERE message_id IS NOT NULL DO NOTHING`;

/** Its `seq`, never given again; null for a copy of a message that is in the inbox already. */
export function insertMail(connection: Connection, no: number, owner: number | null, message: Message): number | null {
  const done = connection
    .sql(INSERT)
    .run(no, generationOf(message), owner, message.kind, pack(JSON.stringify(message)), dedupIdOf(message));
  return done.changes === 0 ? null : Number(done.lastInsertRowid);
}
