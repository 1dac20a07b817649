import { counted, jsonLine, renderTable, shortJson } from "../render.ts";
import { checkStatus, readJson } from "../wire.ts";
import type { EntitiesCall } from "./call.ts";
import type { WireEntity } from "./wire-entity.ts";
import { entitiesOf } from "./wire-entity.ts";

const DEFAULT_TOP = 100;
const isoOf = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString());

export async function list({ io, door, options, names: [name] }: EntitiesCall): Promise<void> {
  const { from, to, state, empty, top = DEFAULT_TOP, json } = options;
  const query = {
    lastOperationTimeFrom: isoOf(from),
    lastOperationTimeTo: isoOf(to),
    fetchState: state === true ? "true" : undefined,
    showEmpty: empty === true ? "true" : undefined,
  };
  const { found, more } = await first(entitiesOf(door, name, query), top);
  const states = state === true;
  const heading = ["ENTITY", "KEY", "LAST OPERATION", "LOCKED BY", "WAITING", "STATUS", ...(states ? ["STATE"] : [])];
  const rows = found.map((one) => [...rowOf(one), ...(states ? [shortJson(one.state)] : [])]);
  io.out(json === true ? jsonLine(found) : renderTable(heading, rows));
  sayMore({ io, options }, more, found.length);
}

function rowOf({ entityId: { name, key }, lastOperationTime, details }: WireEntity): readonly string[] {
  const { exists, lockedBy, held, lastFailure, stopped } = details;
  const failed = lastFailure === null ? "" : `failed: ${lastFailure.operation}`;
  const status = stopped === null ? (exists ? failed : "no state") : `stopped (${stopped.code})`;
  return [name, key, lastOperationTime, lockedBy?.instanceId ?? "", held === 0 ? "" : String(held), status];
}

export async function locks({ io, door, options, names: [name] }: EntitiesCall): Promise<void> {
  const { found, more } = await first(locked(entitiesOf(door, name, { showEmpty: "true" })), options.top ?? DEFAULT_TOP);
  const rows = found.map(({ entityId, details: { lockedBy, held } }) => [
    entityId.name,
    entityId.key,
    lockedBy?.instanceId ?? "",
    lockedBy?.since ?? "",
    String(held),
  ]);
  io.out(options.json === true ? jsonLine(found) : renderTable(["ENTITY", "KEY", "LOCKED BY", "SINCE", "WAITING"], rows));
  sayMore({ io, options }, more, found.length);
}

async function* locked(all: AsyncIterable<WireEntity>): AsyncGenerator<WireEntity> {
  for await (const one of all) if (one.details.lockedBy !== null) yield one;
}

/** Entities and orchestrations clean up by themselves: what is found here says that something is wrong. */
export async function clean({ io, door, options }: EntitiesCall): Promise<void> {
  const response = await door.send({ method: "POST", path: "/entities" });
  await checkStatus(response, "The clean-up", [200]);
  const cleaned = await readJson<{ readonly emptyEntitiesRemoved: number; readonly orphanedLocksReleased: number }>(response);
  const said = `${counted(cleaned.emptyEntitiesRemoved, "empty entity row")} removed, ${counted(cleaned.orphanedLocksReleased, "orphaned lock")} released.\n`;
  io.out(options.json === true ? jsonLine(cleaned) : said);
}

async function first(
  all: AsyncIterable<WireEntity>,
  top: number,
): Promise<{ readonly found: readonly WireEntity[]; readonly more: boolean }> {
  const found: WireEntity[] = [];
  for await (const one of all) {
    if (found.length === top) return { found, more: true };
    found.push(one);
  }
  return { found, more: false };
}

function sayMore({ io, options }: Pick<EntitiesCall, "io" | "options">, more: boolean, shown: number): void {
  if (!more) return;
  io.err(options.json === true ? jsonLine({ more, shown }) : `There are more: these are the first ${shown}, and --top N shows up to N.\n`);
}
