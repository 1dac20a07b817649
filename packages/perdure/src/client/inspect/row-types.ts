import type { RuntimeStatus } from "../../model/status.ts";

export interface Count {
  readonly n: number;
  /** False: there are at least so many; counting stopped there. */
  readonly isExact: boolean;
}

/** `fine`: it continues by itself · `attention`: it may not · `stuck`: a person must act, and can. */
export type Outlook = "fine" | "attention" | "stuck";

/** A line of a list. */
export interface InspectedRow {
  readonly id: string;
  readonly name: string;
  readonly version: string | null;
  readonly status: RuntimeStatus;
  readonly createdAt: number;
  /** A start that is not due before this. */
  readonly startAt: number | null;
  readonly updatedAt: number;
  readonly completedAt: number | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly parentId: string | null;
  /** How often it continued as new. */
  readonly generation: number;
  /** Worker that has it in memory. */
  readonly owner: number | null;
  readonly stopped: InspectedStop | null;
  /** Of one that failed or was terminated: the failure, or the reason, on one line. */
  readonly note: string | null;
}

export interface InspectedStop {
  readonly code: string;
  readonly message: string;
  readonly at: number;
  /** It continues by itself when code that fits is deployed. */
  readonly codeMayCure: boolean;
}

export interface CodeSite {
  readonly file: string;
  readonly line: number;
  readonly column: number | null;
}
