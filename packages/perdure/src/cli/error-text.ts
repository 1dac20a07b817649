import type { ErrorKind } from "../errors/entry.ts";
import { PerdureError } from "../errors/perdure-error.ts";
import { visible, visibleLines } from "../model/visible-text.ts";
import { appFrames } from "../replay/failures/stack.ts";
import { beforeTerminator } from "./before-terminator.ts";
import { jsonLine } from "./render.ts";

/** What a command that failed writes to standard error; under `--json` that is one object on one line. Asked before the line is parsed: what is wrong with it is told in the same way. */
export function saidError(error: unknown, args: readonly string[]): string {
  return isJson(args) ? errorJson(error) : errorText(error);
}

export function isJson(args: readonly string[]): boolean {
  const before = beforeTerminator(args);
  return before.includes("--json") || before.includes("--json=true");
}

/**
 * An error of the catalogue speaks for itself; its causes follow, since they say where to look: with the frames of the app when its code or its files are at
 * fault. Anything else is a defect and shown whole. Of the operator's own app and files a message may have several lines; what others have written does not begin one.
 */
export function errorText(error: unknown): string {
  if (!(error instanceof PerdureError)) return `perdure: ${visibleLines(stackOf(error))}\n`;
  const causes = causesOf(error).map((cause) => `  Caused by: ${indented(causeText(error.kind, cause))}\n`);
  const message = error.kind === "configuration" ? indented(error.message) : visible(error.message);
  return `perdure: ${message} [${error.code}]\n${causes.join("")}`;
}

const indented = (text: string): string => visibleLines(text).replaceAll("\n", "\n  ");

function causeText(kind: ErrorKind, cause: unknown): string {
  if (kind === "client" || kind === "store") return String(cause);
  return kind === "internal" ? stackOf(cause) : appFrames(stackOf(cause));
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
