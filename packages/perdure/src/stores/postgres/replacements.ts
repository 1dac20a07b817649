import type { ClientStart } from "../../store/contract.ts";
import { acceptedStart } from "../../store/parse.ts";
import type { Calls } from "./calls.ts";
import { inboxRow } from "./rows-of.ts";

/** Starts that runs had accepted in their place when they ended by themselves. Gives how many were carried out. */
export async function startReplacements(
  calls: Calls,
  start: (params: ClientStart) => Promise<{ readonly outcome: string }>,
): Promise<number> {
  const text = `SELECT b.no, b.seq, b.kind, b.generation, b.body, b.body_z, (SELECT coalesce(i.start_id, i.execution_id) FROM ${calls.schema}.instances i
    WHERE i.no = b.no AND coalesce(i.completed_at, -1) >= 0) AS ended FROM ${calls.schema}.inbox b WHERE b.kind = 'replace' ORDER BY b.seq`;
  let started = 0;
  for (const row of await calls.read({ name: "replacements", text, values: [] })) {
    const spec = row.ended === null ? null : acceptedStart(inboxRow(row));
    if (spec === null) continue;
    const { outcome } = await start({ start: spec, onExisting: "error", replaces: row.ended as ClientStart["replaces"] & string });
    if (outcome === "started") started += 1;
  }
  return started;
}
