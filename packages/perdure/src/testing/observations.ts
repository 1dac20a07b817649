export interface Observation {
  readonly rule: string;
  readonly instanceId: string | null;
  readonly detail: string;
}

/** A rule that no single dump can show, in words. */
export const OBSERVED_RULES = {
  "version-once": "A pair of instance number and version is written once, and versions grow.",
  "terminal-final": "A terminal status never changes and nothing is recorded after it.",
  "append-only": "History only grows, and what was committed stays as it was.",
  "fenced-write": "No worker writes under a fence that is not its present one.",
  "batch-once": "A batch number of a worker is committed once.",
  "mail-once": "An inbox row is consumed once, and no owner tries to a second time.",
  "time-of-store": "Nothing is recorded at a time that the store has not reached.",
  "effect-after-cause": "No activity runs before its TaskScheduled is durable.",
  "one-key-per-call": "All attempts of a call carry one idempotency key, and no other call does.",
  "answer-after-commit": "No client is answered before what it asked for is durable.",
  "accepted-kept":
    "What a client was told is accepted is in the history, unless its target ended; if that failed, it is kept for a rewind. A run that was accepted is there.",
  "sender-order": "What one sender sent one after another is recorded in that order.",
  "completed-ran": "An activity whose completion is recorded has run to that end at least once.",
  "scheduled-ran":
    "A call that is recorded as scheduled has begun, also if its orchestration ended by itself before; or it is still to run.",
  "audit-kept": "A run that is gone, each rewind and each continue-as-new has its line in the audit, and nothing else has one.",
  "sweep-idle": "The sweep finds nothing to repair.",
} as const;

export type ObservedRule = keyof typeof OBSERVED_RULES;

/** Says that a rule is broken; `where`: null when it concerns several instances. */
export type Report = (rule: ObservedRule, where: { readonly instanceId: string } | null, detail: string) => void;
