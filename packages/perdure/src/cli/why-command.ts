import { heldText } from "../core/waiting/held-text.ts";
import { slotText } from "../core/waiting/reason-text.ts";
import { fault } from "../errors/perdure-error.ts";
import { readIdArgument, take } from "./arguments.ts";
import type { CommandIo } from "./command.ts";
import { withDoor } from "./management-door.ts";
import { TARGET_OPTIONS } from "./option-specs.ts";
import { parseCommandLine } from "./options.ts";
import { jsonLine, renderFields, renderTable } from "./render.ts";
import type { ShownFailure } from "./status-text.ts";
import { failureOf } from "./status-text.ts";
import type { WireStatus, WireWaitingFor } from "./wire.ts";
import { readStatus } from "./wire.ts";

export async function whyCommand(io: CommandIo): Promise<number> {
  const where = "perdure why";
  const line = parseCommandLine(where, TARGET_OPTIONS, io.args, io.env);
  const [id] = take(where, ["<instance-id>"], line.positionals);
  readIdArgument(id);
  return withDoor(where, line, io.cwd, async (door) => {
    const status = await readStatus(door, id, { showInput: "false", showWaitingFor: "true" });
    const { waitingFor } = status;
    if (waitingFor === undefined) throw fault("REQUEST_REFUSED", `The question about "${id}"`, 200, "the host is of an older release");
    if (line.options.json === true) io.out(jsonLine(waitingFor));
    else if (waitingFor === null) io.out(endOf(status, await failureOf(door, status)));
    else io.out(answerOf(waitingFor));
  });
}

function endOf({ instanceId, runtimeStatus, lastUpdatedTime }: WireStatus, failure: ShownFailure | null): string {
  if (failure === null) return `It has ended: ${runtimeStatus}.\n`;
  const { type, message, place } = failure;
  const command = (name: string) => `"perdure ${name} ${instanceId}"`;
  return renderFields([
    ["why", `It has failed: ${type}: ${message}`],
    ...(place === null ? [] : [["failed at", place] as const]),
    ["state", `ended (${runtimeStatus}), last changed ${lastUpdatedTime}`],
    [
      "what to do",
      `${command("rewind")} lets it continue where it failed, ${command("restart")} runs it again from its beginning; "perdure failures" shows whether others failed in the same way`,
    ],
  ]);
}

/** The sentence, then all that is open. */
function answerOf(found: WireWaitingFor): string {
  const { state, since, because, owner, unread, unawaited = [], more } = found;
  const optional = (name: string, text: string | null) => (text === null ? [] : [[name, text] as const]);
  const lease = owner === null ? null : `${owner.alive ? "lease until" : "lease ended at"} ${owner.leaseUntil}`;
  const fields = renderFields([
    ["why", because],
    ["state", `${state} since ${since}`],
    ...optional("owner", owner === null ? null : `worker ${owner.worker} (${owner.host}), ${lease}`),
    ...optional(
      "unread",
      unread.length === 0 ? null : unread.map(({ kind, name }) => (name == null ? kind : `${kind} "${name}"`)).join(", "),
    ),
    ...optional("not awaited", unawaited.length === 0 ? null : unawaited.map(unawaitedText).join(", ")),
    ...optional("not shown", more === 0 ? null : `${more} more`),
  ]);
  const rows = rowsOf(found);
  const waits = state === "stopped" ? "WAITED FOR" : "WAITS FOR";
  return rows.length === 0 ? fields : `${fields}\n${renderTable([waits, "NAME", "SINCE", "DETAILS"], rows)}`;
}

type Unawaited = NonNullable<WireWaitingFor["unawaited"]>[number];

function unawaitedText({ name, nearest, since }: Unawaited): string {
  return `event "${name}" of ${since}${nearest === null ? "" : ` (is "${nearest}" meant?)`}`;
}

function rowsOf({ events, timers, activities, children, entities = [] }: WireWaitingFor): readonly (readonly string[])[] {
  return [
    ...events.map(({ name, since }) => ["event", name, since, ""]),
    ...timers.map(({ of, dueAt }) => [of, "", "", `due at ${dueAt}`]),
    ...activities.map(({ name, since, where, worker, attempt, heartbeat, slot = null, held = null }) => {
      const details = [
        slot === null ? where : slotText(slot),
        ...(worker === null ? [] : [`worker ${worker}`]),
        ...(held === null ? [] : [heldText(held)]),
        ...(attempt === 1 ? [] : [`attempt ${attempt}`]),
      ];
      return ["activity", name, since, [...details, ...(heartbeat === null ? [] : [`heartbeat ${heartbeat}`])].join(", ")];
    }),
    ...entities.map(({ entity, operation, lockedBy, since }) => {
      return [
        operation === null ? "lock" : "operation",
        entity,
        since,
        [operation, lockedBy && `locked by ${lockedBy}`].filter(Boolean).join(", "),
      ];
    }),
    ...children.map(({ instanceId, name, status, since }) => ["sub-orchestration", instanceId, since, `${name}, ${status ?? "not found"}`]),
  ];
}
