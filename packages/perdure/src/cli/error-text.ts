import { PerdureError } from "../errors/perdure-error.ts";
import { visible, visibleLines } from "../model/visible-text.ts";
import { beforeTerminator } from "./before-terminator.ts";
import { jsonLine } from "./render.ts";

/** What a command that failed writes to standard error; under `--json` that is one object on one line. Asked before the line is parsed: what is wrong with it is told in the same way. */
export function saidError(error: unknown, args: readonly string[]): string {
  const before = beforeTerminator(args);
  return before.includes("--json") || before.includes("--json=true") ? errorJson(error) : errorText(error);
}

/**
 * An error of the catalogue speaks for itself; its causes follow, since they say where to look: with their stacks when code of the app is at
 * fault. Anything else is a defect and shown whole.
 */
export function errorText(error: unknown): string {
  if (!(error instanceof PerdureError)) return `perdure: ${visibleLines(stackOf(error))}\n`;
  const causes = causesOf(error).map((cause) => {
    const text = error.kind === "client" || error.kind === "store" ? String(cause) : stackOf(cause);
    return `  Caused by: ${visibleLines(text).replaceAll("\n", "\n  ")}\n`;
  });
  return `perdure: ${visible(error.message)} [${error.code}]\n${causes.join("")}`;
}

/** `code` is null for what is not in the catalogue. */
function errorJson(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const [code, kind] = error instanceof PerdureError ? [error.code, error.kind] : [null, "internal"];
  return jsonLine({ error: { code, kind, message, causes: causesOf(error).map(String) } });
}

function causesOf(error: unknown): readonly unknown[] {
  const causes: unknown[] = [];
  for (let cause = next(error); cause !== undefined && causes.length < MOST_CAUSES; cause = next(cause)) causes.push(cause);
  return causes;
}

/** A chain of causes may lead back to its beginning. */
const MOST_CAUSES = 10;

const next = (error: unknown): unknown => (error instanceof Error ? error.cause : undefined);
const stackOf = (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error));
