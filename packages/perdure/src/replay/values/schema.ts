import type { StandardSchemaV1 } from "@standard-schema/spec";
import { fault } from "../../errors/perdure-error.ts";
import { disown, isThenable } from "./thenable.ts";

/** The value as the schema gives it back. For orchestrators and event tokens: an answer that is a promise would be a foreign await. */
export function validateNow(schema: StandardSchemaV1, value: unknown, where: string): unknown {
  const answer = schema["~standard"].validate(value);
  if (isThenable(answer)) {
    disown(answer);
    throw fault("SCHEMA_ASYNC", where);
  }
  return answeredValue(answer, where);
}

/** As {@link validateNow}; the schema may answer with a promise. */
export async function validateLater(schema: StandardSchemaV1, value: unknown, where: string): Promise<unknown> {
  return answeredValue(await schema["~standard"].validate(value), where);
}

function answeredValue(answer: StandardSchemaV1.Result<unknown>, where: string): unknown {
  if (answer.issues === undefined) return answer.value;
  throw fault("VALUE_INVALID", where, answer.issues.map(issueText).join("; "));
}

function issueText(issue: StandardSchemaV1.Issue): string {
  if (issue.path === undefined || issue.path.length === 0) return issue.message;
  return `${issue.path.map((part) => String(typeof part === "object" ? part.key : part)).join(".")}: ${issue.message}`;
}
