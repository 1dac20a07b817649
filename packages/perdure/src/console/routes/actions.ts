import { isBuiltIn } from "../../errors/built-in-names.ts";
import { fault } from "../../errors/perdure-error.ts";
import { sameName } from "../../model/function-name.ts";
import { definedOf, optional, stringOption } from "../../model/options.ts";
import { tagsOption } from "../../model/start-options.ts";
import { logAction } from "../action-log.ts";
import { ACTION_FIELDS, parseAct } from "../action-options.ts";
import type { ConsoleCall } from "../call.ts";
import { param } from "../call.ts";
import { actOn, INSTANCE_ACTIONS, startedId } from "../instance-actions.ts";
import { timeOption } from "../instance-filter.ts";
import { bodyOptions, payloadOption } from "../request-parts.ts";
import type { ActionResult, StartRequest, StartResult } from "../wire.ts";

/** POST `/instances/{id}/{action}`. */
export async function act(call: ConsoleCall): Promise<ActionResult> {
  const { hub, where } = call;
  const action = INSTANCE_ACTIONS.find((one) => one === param(call, "action"));
  if (action === undefined) throw fault("CONSOLE_NOT_FOUND", `${where}: the action ${JSON.stringify(param(call, "action"))}`);
  const id = param(call, "id");
  const asked = parseAct(action, await bodyOptions(call, ACTION_FIELDS[action]), call);
  if (hub.isClosing() && action === "restart") throw fault("HOST_STOPPING");
  const done = await actOn(hub.client, id, asked);
  const isPlan = asked.action === "rewind" && asked.dryRun;
  if (!isPlan) logAction(call, action, `"${id}"`, { instanceId: id, outcome: done.outcome });
  return done;
}

const START_FIELDS = [
  "name",
  "input",
  "instanceId",
  "version",
  "tags",
  "startAt",
  "onExisting",
] as const satisfies readonly (keyof StartRequest)[];
const ON_EXISTING = ["error", "reject", "replace", "attach"] as const;

export async function start(call: ConsoleCall): Promise<StartResult> {
  const { where, hub } = call;
  const options = await bodyOptions(call, START_FIELDS);
  if (hub.isClosing()) throw fault("HOST_STOPPING");
  const text = (name: string) => optional(options, name, where, stringOption);
  const name = await knownName(call, text("name") ?? "");
  const instanceId = text("instanceId");
  const started = await hub.client.start({
    name,
    input: payloadOption(options, "input", call),
    inputDepth: hub.maxJsonDepth,
    ...definedOf({
      instanceId: instanceId === "" ? undefined : instanceId,
      version: text("version"),
      tags: optional(options, "tags", where, tagsOption),
      startAt: optional(options, "startAt", where, timeOption),
      onExisting: optional(options, "onExisting", where, onExistingOption),
    }),
  });
  const id = startedId(started);
  logAction(call, "start", `"${id}"`, { instanceId: id });
  return { instanceId: id, kind: started.kind === "existing" ? "existing" : "started" };
}

/** As it was registered. Throws FUNCTION_UNKNOWN when live workers are known and none has it. */
async function knownName({ hub }: ConsoleCall, name: string): Promise<string> {
  const all = (await hub.client.knownFunctions({ orLastKnown: true }))?.orchestrator ?? null;
  if (all === null && name !== "") return name;
  const known = (all ?? []).filter((one) => !isBuiltIn(one));
  const found = known.find((one) => one === name) ?? known.find((one) => sameName(one, name));
  if (found === undefined) throw fault("FUNCTION_UNKNOWN", name, known);
  return found;
}

function onExistingOption(value: unknown, where: string, option: string): (typeof ON_EXISTING)[number] {
  const found = ON_EXISTING.find((one) => one === value);
  if (found === undefined) throw fault("OPTION_INVALID", where, option, value, `one of ${ON_EXISTING.join(", ")}`);
  return found;
}
