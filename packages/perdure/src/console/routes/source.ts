import { fault } from "../../errors/perdure-error.ts";
import { countOption, optional, stringOption } from "../../model/options.ts";
import type { ConsoleCall } from "../call.ts";
import { queryOptions } from "../request-parts.ts";
import { sourceLines } from "../source-lines.ts";
import type { CodeFrame } from "../wire.ts";

/** Of an app that is being written, on the machine of who writes it. */
export function readSource(call: ConsoleCall): CodeFrame {
  const { where, sources } = call;
  const options = queryOptions(call, { file: "text", line: "number" });
  const file = optional(options, "file", where, stringOption) ?? "";
  const line = optional(options, "line", where, countOption) ?? 1;
  const frame = sources === null ? null : sourceLines(sources, file, line);
  if (frame === null) throw fault("CONSOLE_NOT_FOUND", `${where}: line ${line} of ${JSON.stringify(file)}`);
  return frame;
}
