import type { ActionRequest, InstanceAction } from "../api/wire.ts";
import { compactJson } from "./json-tokens.ts";

/** What the command line does the same with, for a shell of a POSIX system. */
export function commandOf(action: InstanceAction, instanceId: string, request: ActionRequest): string {
  const options = (pairs: readonly (readonly [string, string | boolean | undefined])[]): readonly string[] =>
    pairs.flatMap(([name, value]) =>
      value === undefined || value === false || value === "" ? [] : value === true ? [name] : [name, quoted(value)],
    );
  const parts = (() => {
    switch (action) {
      case "raise-event":
        return [
          quoted(request.event ?? ""),
          ...options([["--input", request.input === undefined ? undefined : compactJson(request.input)]]),
        ];
      case "terminate":
      case "purge":
        return options([
          ["--recursive", request.recursive],
          ["--reason", request.reason],
        ]);
      case "restart":
        return options([
          ["--same-id", request.instanceId === "same"],
          ["--reason", request.reason],
        ]);
      default:
        return options([["--reason", request.reason]]);
    }
  })();
  return ["perdure", action, quoted(instanceId), ...parts].join(" ");
}

/** As one word of a shell: quoted only where it must be. */
export const quoted = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
