import type { StartRequest } from "../api/wire.ts";
import { shellCommand } from "./commands.ts";
import { faultText, payloadFault } from "./json-fault.ts";

/** As it is typed; an empty field is none. */
export interface StartFields {
  readonly name: string;
  readonly input: string;
  readonly instanceId: string;
  readonly version: string;
  /** `key:value` or `key`, with commas. */
  readonly tags: string;
  /** As `datetime-local` has it, in the zone of the browser. */
  readonly startAt: string;
}

export const NO_FIELDS: StartFields = { name: "", input: "", instanceId: "", version: "", tags: "", startAt: "" };

/** Why it cannot be sent; null: it can. */
export function startProblem({ name, input }: StartFields): string | null {
  if (name === "") return "Choose an orchestrator.";
  const fault = payloadFault(input);
  return fault === null ? null : faultText(fault);
}

export function startRequest({ name, input, instanceId, version, tags, startAt }: StartFields): StartRequest {
  const pairs = tagsOf(tags);
  return {
    name,
    ...(input.trim() === "" ? {} : { input }),
    ...(instanceId.trim() === "" ? {} : { instanceId: instanceId.trim() }),
    ...(version.trim() === "" ? {} : { version: version.trim() }),
    ...(Object.keys(pairs).length === 0 ? {} : { tags: pairs }),
    ...(startAt === "" ? {} : { startAt: new Date(startAt).getTime() }),
  };
}

export function tagsOf(text: string): Readonly<Record<string, string>> {
  const parts = text.split(",").map((part) => part.trim());
  return Object.fromEntries(
    parts.flatMap((part) => {
      const [key = "", ...value] = part.split(":");
      return key.trim() === "" ? [] : [[key.trim(), value.join(":").trim()]];
    }),
  );
}

/** The same for a shell; null: the command line has no options for tags and a later start. */
export function startCommand(fields: StartFields): string | null {
  const { name, input, instanceId, version, tags, startAt } = startRequest(fields);
  if (tags !== undefined || startAt !== undefined) return null;
  return shellCommand(
    "perdure start-new",
    [name],
    [
      ["--id", instanceId],
      ["--version", version],
      ["--input", input],
    ],
  );
}
