import { relative } from "node:path";
import type { TestEvent } from "node:test/reporters";
import { inspect } from "node:util";
import { ROOT } from "./paths.ts";
import { shownName } from "./shared-process.ts";

type EventOf<T extends TestEvent["type"]> = Extract<TestEvent, { type: T }>["data"];

/**
 * A reporter for a gate of many files: a line per file, the whole story of each failure, and the totals in the `# tests N` form that
 * TAP readers know. Node's own `tap` reporter has the totals but buries a failure under a thousand passing lines; `spec` lacks the totals.
 */
export default async function* report(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const failures: string[] = [];
  for await (const event of source) {
    switch (event.type) {
      case "test:fail":
        if (isOwnFailure(event.data)) {
          const text = describeFailure(event.data);
          failures.push(text);
          yield text;
        }
        break;
      case "test:stdout":
      case "test:stderr":
        yield event.data.message;
        break;
      case "test:summary":
        yield event.data.file === undefined ? totals(event.data, failures) : fileLine(event.data, event.data.file);
        break;
      default:
        break;
    }
  }
}

/** A suite that failed only because a test inside it did says nothing new, and a test marked as todo is expected to fail. */
function isOwnFailure(data: EventOf<"test:fail">): boolean {
  if (data.todo !== undefined && data.todo !== false) return false;
  const error: unknown = data.details.error;
  return !(error instanceof Error && "failureType" in error && error.failureType === "subtestsFailed");
}

function describeFailure(data: EventOf<"test:fail">): string {
  const place = data.file === undefined ? "" : `${relative(ROOT, data.file)}:${data.line ?? 1}`;
  const error: unknown = data.details.error;
  const cause: unknown = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const story = inspect(cause, { depth: 8, colors: false })
    .split("\n")
    .map((line) => `    ${line}`)
    .join("\n");
  return `\n✖ ${data.name}\n    at ${place}\n${story}\n\n`;
}

function fileLine(data: EventOf<"test:summary">, file: string): string {
  const { tests, skipped } = data.counts;
  const bad = failedTests(data) + data.counts.cancelled;
  const notes = [`${tests} tests`, bad > 0 ? `${bad} FAILED` : "", skipped > 0 ? `${skipped} skipped` : ""].filter((note) => note !== "");
  const milliseconds = `${Math.round(data.duration_ms)} ms`;
  return `${data.success ? "✔" : "✖"} ${shownName(file)}  ${notes.join(", ")}  ${milliseconds}\n`;
}

/** Node counts failures too, but its types do not say so. */
function failedTests({ counts }: EventOf<"test:summary">): number {
  return counts.tests - counts.passed - counts.cancelled - counts.skipped - counts.todo;
}

function totals(data: EventOf<"test:summary">, failures: readonly string[]): string {
  const { tests, suites, passed, cancelled, skipped, todo } = data.counts;
  const repeated = failures.length > 0 ? `\n${failures.length} failed:\n${failures.join("")}` : "";
  const lines = [
    `# tests ${tests}`,
    `# suites ${suites}`,
    `# pass ${passed}`,
    `# fail ${failedTests(data)}`,
    `# cancelled ${cancelled}`,
    `# skipped ${skipped}`,
    `# todo ${todo}`,
    `# duration_ms ${Math.round(data.duration_ms)}`,
  ];
  return `${repeated}${lines.join("\n")}\n`;
}
