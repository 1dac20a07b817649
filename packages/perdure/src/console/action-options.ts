import { fault } from "../errors/perdure-error.ts";
import type { Options } from "../model/options.ts";
import { booleanOption, definedOf, optional, stringOption } from "../model/options.ts";
import type { ConsoleCall } from "./call.ts";
import type { Act } from "./instance-actions.ts";
import { payloadOption } from "./request-parts.ts";
import type { ActionRequest, InstanceAction } from "./wire.ts";

/** What each action takes. */
export const ACTION_FIELDS: { readonly [Action in InstanceAction]: readonly (keyof ActionRequest)[] } = {
  "raise-event": ["event", "input"],
  suspend: ["reason"],
  resume: ["reason"],
  terminate: ["reason", "recursive"],
  restart: ["reason", "instanceId", "input", "version"],
  rewind: ["reason", "dryRun"],
  purge: ["reason", "recursive"],
};

export function parseAct(action: InstanceAction, options: Options, call: ConsoleCall): Act {
  const { where, hub } = call;
  const text = (name: string) => optional(options, name, where, stringOption);
  const reason = text("reason") ?? null;
  switch (action) {
    case "raise-event": {
      const event = text("event") ?? "";
      if (event === "") throw fault("OPTION_INVALID", where, "event", event, "the name of the event");
      return { action, event, input: payloadOption(options, "input", call), inputDepth: hub.maxJsonDepth };
    }
    case "suspend":
    case "resume":
      return { action, reason };
    case "terminate":
    case "purge":
      return { action, reason, recursive: optional(options, "recursive", where, booleanOption) ?? false };
    case "restart": {
      const input = options.input === undefined ? undefined : payloadOption(options, "input", call);
      return { action, reason, ...definedOf({ instanceId: text("instanceId"), version: text("version"), input }) };
    }
    case "rewind":
      return { action, reason, dryRun: optional(options, "dryRun", where, booleanOption) ?? false };
  }
}
