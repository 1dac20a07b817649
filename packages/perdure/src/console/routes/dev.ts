import { fault } from "../../errors/perdure-error.ts";
import { logAction } from "../action-log.ts";
import type { ConsoleCall } from "../call.ts";
import { bodyOptions } from "../request-parts.ts";
import type { MisfitChoice } from "../wire.ts";

const CHOICES: readonly MisfitChoice[] = ["leave", "restart", "terminate"];

/** As the keys u, r and t of `perdure dev` do. */
export async function decideMisfits(call: ConsoleCall): Promise<object> {
  const { where, decide } = call;
  if (decide === null) throw fault("CONSOLE_NOT_FOUND", where);
  const options = await bodyOptions(call, ["choice"]);
  const choice = CHOICES.find((one) => one === options.choice);
  if (choice === undefined) throw fault("OPTION_INVALID", where, "choice", options.choice, `one of ${CHOICES.join(", ")}`);
  logAction(call, choice, "the instances that the code does not fit");
  await decide(choice);
  return {};
}
