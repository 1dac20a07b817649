import type { ActivityProgress } from "../../engine/activities/activity-progress.ts";
import { fault } from "../../errors/perdure-error.ts";
import type { WatchUpdate } from "../../functions/client-types.ts";
import type { PayloadCodec } from "../../model/payload.ts";
import { decodeWithin } from "../../model/payload-limits.ts";
import { isTerminal } from "../../model/status.ts";
import { toOrchestrationStatus } from "../orchestration-status.ts";
import type { Changes, HubClient, InstanceStatus, Seen } from "../types.ts";

/** A question that gets no news ends after this, and the next one follows. */
const ASK_FOR_MS = 30_000;

export interface WatchParts {
  readonly client: Pick<HubClient, "changes">;
  readonly codec: PayloadCodec;
  readonly maxJsonDepth: number;
}

/** One thing that a watcher is told. */
export type Told =
  | { readonly kind: "status"; readonly status: InstanceStatus }
  | { readonly kind: "progress"; readonly progress: ActivityProgress }
  /** For as long as was asked. */
  | { readonly kind: "nothing" };

/** What users see of an instance that they watch, up to its end. */
export async function* watchUpdates(
  parts: WatchParts,
  instanceId: string,
  { signal }: { readonly signal?: AbortSignal },
): AsyncGenerator<WatchUpdate, void, undefined> {
  for await (const told of toldUntilEnd(parts.client, { instanceId, ...(signal === undefined ? {} : { signal }) })) {
    if (told.kind === "status") yield { kind: "status", status: toOrchestrationStatus(parts, told.status, {}, null) };
    if (told.kind !== "progress") continue;
    const { activity, taskId, attempt, at, progress: text } = told.progress;
    yield {
      kind: "progress",
      activity,
      taskId,
      attempt,
      time: new Date(at),
      progress: decodeWithin(parts.codec, text, parts.maxJsonDepth),
    };
  }
}

export interface WatchOrder {
  readonly instanceId: string;
  readonly signal?: AbortSignal;
  readonly askForMs?: number;
}

/** Also that there is nothing new, after `askForMs`. Throws INSTANCE_NOT_FOUND, and the signal's own reason. */
export async function* toldUntilEnd(client: Pick<HubClient, "changes">, order: WatchOrder): AsyncGenerator<Told, void, undefined> {
  for await (const changes of changesUntilEnd(client, order)) yield* inOrder(changes);
}

/** As {@link toldUntilEnd}, all that is new at once: it asks again when the next are asked for. */
export async function* changesUntilEnd(
  client: Pick<HubClient, "changes">,
  { instanceId, signal, askForMs = ASK_FOR_MS }: WatchOrder,
): AsyncGenerator<Changes, void, undefined> {
  let seen: Seen | null = null;
  for (;;) {
    signal?.throwIfAborted();
    const params = { instanceId, seen, timeoutMs: askForMs, ...(signal === undefined ? {} : { signal }) };
    const changes: Changes | null = await client.changes(params);
    signal?.throwIfAborted();
    if (changes === null) throw fault("INSTANCE_NOT_FOUND", instanceId);
    seen = changes.seen;
    yield changes;
    if (changes.status !== null && isTerminal(changes.status.runtimeStatus)) return;
  }
}

/** A status comes before what activities say under it; but that of an instance that has ended is the last word. */
function inOrder({ status, progress }: Changes): readonly Told[] {
  const said = progress.map((one): Told => ({ kind: "progress", progress: one }));
  if (status === null) return said.length === 0 ? [{ kind: "nothing" }] : said;
  const told: Told = { kind: "status", status };
  return isTerminal(status.runtimeStatus) ? [...said, told] : [told, ...said];
}
