import { fault } from "../errors/perdure-error.ts";
import { jsonProblem } from "../model/json-scan.ts";
import type { Options } from "../model/options.ts";
import { countOption, optional, parseOptions, stringOption } from "../model/options.ts";
import type { Payload } from "../model/payload.ts";
import { payload } from "../model/payload.ts";
import type { ConsoleCall } from "./call.ts";

/** How a parameter of a query is read. `list`: given several times, or separated by commas. */
type QueryKind = "text" | "list" | "boolean" | "number";
export type QuerySpec = { readonly [name: string]: QueryKind };

/** Parameters of the query as the values of a JSON object would be. One that is not known is an error that names it. */
export function queryOptions({ url, where }: Pick<ConsoleCall, "url" | "where">, spec: QuerySpec): Options {
  const names = new Set(url.searchParams.keys());
  const options = Object.fromEntries([...names].map((name) => [name, queryValue(url.searchParams.getAll(name), spec[name])]));
  return parseOptions(options, Object.keys(spec), where);
}

function queryValue(texts: readonly string[], kind: QueryKind | undefined): unknown {
  const [text = ""] = texts;
  switch (kind) {
    case "list":
      return texts.flatMap((one) => one.split(",")).filter((one) => one !== "");
    case "boolean":
      return text === "true" ? true : text === "false" ? false : text;
    case "number":
      return /^-?\d+$/.test(text) ? Number(text) : text;
    default:
      return text;
  }
}

/** The body as an object, of which only these fields may be there. An empty body is an empty object. */
export async function bodyOptions({ request, where }: ConsoleCall, known: readonly string[]): Promise<Options> {
  const text = (await request.text()).trim();
  if (text === "") return {};
  return parseOptions(parsedJson(text, where), known, where);
}

const DEEPEST = 100;

function parsedJson(text: string, where: string): unknown {
  const problem = jsonProblem(text, DEEPEST);
  if (problem === null) return JSON.parse(text);
  const why = problem.kind === "deep" ? "it has too many levels" : `it ends to be JSON at character ${problem.at}`;
  throw fault("PAYLOAD_NOT_JSON", `body of ${where}`, why);
}

/** Text that a person typed: kept as it is, so that it keeps its digits. */
export function payloadOption(options: Options, name: string, call: ConsoleCall): Payload | null {
  const text = optional(options, name, call.where, stringOption)?.trim() ?? "";
  if (text === "") return null;
  const { maxJsonDepth } = call.hub;
  const problem = jsonProblem(text, maxJsonDepth);
  if (problem === null) return payload(text);
  if (problem.kind === "deep") throw fault("PAYLOAD_TOO_DEEP", name, maxJsonDepth);
  throw fault(
    "PAYLOAD_NOT_JSON",
    name,
    problem.at >= text.length ? "it ends too early" : `character ${problem.at + 1} does not belong there`,
  );
}

export function wholeOption(value: unknown, where: string, option: string, form = "a whole number from 0"): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw fault("OPTION_INVALID", where, option, value, form);
}

/** Between 1 and `most`. */
export function limitOption(options: Options, name: string, where: string, most: number, otherwise: number): number {
  const given = optional(options, name, where, countOption) ?? otherwise;
  if (given > most) throw fault("OPTION_INVALID", where, name, given, `a whole number from 1 to ${most}`);
  return given;
}

export function idsOption(options: Options, where: string, most: number): readonly string[] {
  const { ids } = options;
  if (Array.isArray(ids) && ids.length <= most && ids.every((id) => typeof id === "string")) return ids;
  throw fault("OPTION_INVALID", where, "ids", ids, `a list of at most ${most} ids`);
}
