import { fault } from "../../errors/perdure-error.ts";
import type { InstanceNo } from "../../model/ids.ts";
import { isRecord } from "../../model/options.ts";
import type { InstanceRow } from "../../store/rows.ts";
import type { DumpView } from "./view.ts";

/** Something that must hold in every committed state of a store. */
export interface Invariant {
  readonly id: string;
  /** What must hold, as a sentence. */
  readonly sentence: string;
  /** True when it need only hold once all work is done and a sweep has run: leftovers that a worker will still find. */
  readonly atRest?: true;
  readonly check: (view: DumpView, report: Report) => void;
}

/** Names what is wrong: an instance, its number or its row; null when it is not an instance's. */
export type Report = (subject: InstanceRow | InstanceNo | null, detail: string) => void;

export interface Violation {
  readonly invariant: string;
  readonly sentence: string;
  readonly instanceId: string | null;
  readonly no: InstanceNo | null;
  readonly detail: string;
}

/** @throws PerdureError `CALL_INVALID` for what is not a violation. */
export function describeViolation(violation: Violation): string {
  if (!isRecord(violation) || typeof violation.invariant !== "string" || typeof violation.sentence !== "string")
    throw fault("CALL_INVALID", "describeViolation", "it takes a violation that checkDump gave");
  const where =
    violation.no === null ? "" : ` instance ${violation.instanceId === null ? "" : `"${violation.instanceId}" `}(no ${violation.no}):`;
  return `${violation.invariant}:${where} ${violation.detail}. Rule: ${violation.sentence}`;
}
