import { fault } from "../errors/perdure-error.ts";
import { jsonProblem } from "../model/json-scan.ts";
import type { Payload } from "../model/payload.ts";
import { payload } from "../model/payload.ts";
import { errorText } from "../telemetry/value-text.ts";
import type { RequestBody } from "./request-body.ts";

/** The engine's own parser is faster for what is small, and a string up to this length is deeper than any sensible limit only by malice. */
const SHORT_CHARS = 1_000;

export type JsonBody = { readonly kind: "payload"; readonly text: Payload | null } | { readonly kind: "invalid"; readonly problem: string };

/** The body as JSON text, null when it is empty or blank. It is looked through, and never made a value: what is started gets the text. */
export async function readJsonBody(body: RequestBody, what: string, maxDepth: number): Promise<JsonBody> {
  const text = (await body.text()).trim();
  if (text === "") return { kind: "payload", text: null };
  if (text.length <= Math.min(SHORT_CHARS, maxDepth)) {
    const problem = parseProblem(text);
    return problem === null ? { kind: "payload", text: payload(text) } : { kind: "invalid", problem };
  }
  const problem = jsonProblem(text, maxDepth);
  if (problem === null) return { kind: "payload", text: payload(text) };
  if (problem.kind === "deep") throw fault("PAYLOAD_TOO_DEEP", what, maxDepth);
  return { kind: "invalid", problem: `Unexpected ${unexpected(text, problem.at)} in JSON at position ${problem.at}` };
}

function parseProblem(text: string): string | null {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    return errorText(error);
  }
}

const unexpected = (text: string, at: number): string => (at >= text.length ? "end" : `token ${JSON.stringify(text[at])}`);
