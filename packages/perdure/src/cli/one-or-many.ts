import { fault } from "../errors/perdure-error.ts";
import { instanceIdArgument, take } from "./arguments.ts";

/** The id that is given; null: those of a filter are meant, of which at least `--from` is given. */
export function oneOrMany<Parts extends object>(
  where: string,
  positionals: readonly string[],
  options: { readonly [Part in keyof Parts]?: unknown } & { readonly from?: number },
  parts: Parts,
): string | null {
  const [id] = positionals;
  if (id === undefined) {
    if (options.from === undefined) throw fault("OPTION_MISSING", where, "<instance-id>, or --from TIME");
    return null;
  }
  take(where, ["<instance-id>"], positionals);
  instanceIdArgument(id);
  const part = (Object.keys(parts) as (keyof Parts)[]).find((name) => options[name] !== undefined);
  if (part !== undefined)
    throw fault("OPTION_INVALID", where, `--${String(part)}`, options[part], `either <instance-id> or --${String(part)}, not both`);
  return id;
}
