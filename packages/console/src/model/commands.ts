import type { ActionRequest, EntityInfo, InstanceAction } from "../api/wire.ts";
import type { EntityAction } from "./entity-actions.ts";
import { compactJson } from "./json-tokens.ts";

type Option = readonly [name: string, value: string | boolean | undefined];

/** What the command line does the same with, for a shell of a POSIX system. */
export const commandOf = (action: InstanceAction, instanceId: string, request: ActionRequest): string =>
  shellCommand(
    `perdure ${action}`,
    action === "raise-event" ? [instanceId, request.event ?? ""] : [instanceId],
    optionsOf(action, request),
  );

function optionsOf(action: InstanceAction, { input, recursive, instanceId, reason }: ActionRequest): readonly Option[] {
  switch (action) {
    case "raise-event":
      return [["--input", compactJson(input ?? "")]];
    case "terminate":
    case "purge":
      return [
        ["--recursive", recursive],
        ["--reason", reason],
      ];
    case "restart":
      return [
        ["--same-id", instanceId === "same"],
        ["--reason", reason],
      ];
    default:
      return [["--reason", reason]];
  }
}

type EntityName = Pick<EntityInfo, "name" | "key">;

/** The same of an entity, whose name and key are words of their own. */
export const entityCommand = (action: EntityAction, { name, key }: EntityName, reason: string): string =>
  shellCommand(`perdure entities ${action}`, [name, key], [["--reason", reason]]);

export const signalCommand = ({ name, key }: EntityName, operation: string, input: string): string =>
  shellCommand("perdure entities signal", [name, key, operation], [["--input", compactJson(input)]]);

/** What begins with a dash would be taken for an option: a value is then written behind "=", and what is none behind "--". */
export function shellCommand(command: string, given: readonly string[], options: readonly Option[]): string {
  const words = given.map(quoted);
  const parts = options.flatMap(([name, value]) => (value === undefined || value === false || value === "" ? [] : optionText(name, value)));
  const all = given.some((text) => text.startsWith("-")) ? [...parts, "--", ...words] : [...words, ...parts];
  return [command, ...all].join(" ");
}

const optionText = (name: string, value: string | true): string =>
  value === true ? name : `${name}${value.startsWith("-") ? "=" : " "}${quoted(value)}`;

/** As one word of a shell: quoted only where it must be. */
export const quoted = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
