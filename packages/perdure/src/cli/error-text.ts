import { PerdureError } from "../errors/perdure-error.ts";

/**
 * An error of the catalogue speaks for itself; its causes follow, since they say where to look: with their stacks when code of the app is at
 * fault. Anything else is a defect and shown whole.
 */
export function errorText(error: unknown): string {
  if (!(error instanceof PerdureError)) return `perdure: ${stackOf(error)}\n`;
  const causes: string[] = [];
  for (let cause = error.cause; cause !== undefined; cause = cause instanceof Error ? cause.cause : undefined) {
    const text = error.kind === "client" ? String(cause) : stackOf(cause);
    causes.push(`  Caused by: ${text.replaceAll("\n", "\n  ")}\n`);
  }
  return `perdure: ${error.message} [${error.code}]\n${causes.join("")}`;
}

const stackOf = (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error));
