import { instanceNo, workerId } from "../../../model/ids.ts";
import type { Delivery, StoreDump } from "../../../store/contract.ts";
import { auditRow } from "../../audit-row.ts";
import type { Link } from "../connections/link.ts";
import { historyChunk, inboxRow, instanceColumns, instanceRow, taskRow, workerRow } from "../rows-of.ts";

/** Read after the snapshot was taken: the transaction's own time is older, and what was committed in between would lie in the future. */
const NOW = `SELECT coalesce(nullif(current_setting('perdure.test_now', true), '')::bigint,
  floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) AS now`;

/** Every row, from one snapshot: on a connection of its own, since it is a transaction of several statements. */
export async function dump(link: Link, schema: string): Promise<StoreDump> {
  const rows = async (text: string) => (await link.run({ text })).rows;
  await link.run({ text: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" });
  try {
    const [time] = await rows(NOW);
    const instances = await rows(`SELECT ${instanceColumns(schema)} FROM ${schema}.instances i ORDER BY i.no`);
    const history = await rows(`SELECT * FROM ${schema}.history ORDER BY no, generation, first_seq`);
    const inbox = await rows(`SELECT * FROM ${schema}.inbox ORDER BY no, seq`);
    const unread = await rows(`SELECT *, 'event' AS kind, NULL AS generation FROM ${schema}.unread ORDER BY no, seq`);
    const kept = await rows(`SELECT body FROM ${schema}.kept_mail ORDER BY seq`);
    const tasks = await rows(`SELECT * FROM ${schema}.tasks ORDER BY no, generation, event_id`);
    const audit = await rows(`SELECT * FROM ${schema}.audit ORDER BY seq`);
    const workers = await rows(`SELECT * FROM ${schema}.workers ORDER BY worker`);
    return {
      now: time?.now as number,
      instances: instances.map(instanceRow),
      history: history.map((row) => ({ ...historyChunk(row), no: instanceNo(row.no as number) })),
      inbox: inbox.map((row) => ({ ...inboxRow(row), worker: row.worker === null ? null : workerId(row.worker as number) })),
      unread: unread.map(inboxRow),
      keptMail: kept.map(({ body }) => keptMessage(String(body))),
      tasks: tasks.map(taskRow),
      workers: workers.map(workerRow),
      audit: audit.map(auditRow),
    };
  } finally {
    await link.run({ text: "COMMIT" }).catch(() => {});
  }
}

function keptMessage(body: string): NonNullable<StoreDump["keptMail"]>[number] {
  const { instanceId, message } = JSON.parse(body) as Delivery; // of our own making
  return { instanceId, message };
}
