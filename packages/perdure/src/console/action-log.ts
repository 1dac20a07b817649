import type { ConsoleCall } from "./call.ts";

/** One line for each thing that is done from the console: `suspend of "order-1" from the console.` */
export function logAction(
  { log }: Pick<ConsoleCall, "log">,
  action: string,
  of: string,
  fields: { readonly [name: string]: unknown } = {},
): void {
  log.write({ level: "info", event: "console.action", message: `${action} of ${of} from the console.`, fields: { action, ...fields } });
}
