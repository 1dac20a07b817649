import { checkedVersion } from "../model/start-options.ts";
import { FILTER_PARTS } from "./filter-options.ts";
import { MANY_OPTIONS } from "./one-by-one.ts";
import { AUDIT_REASON, flag, REASON_OPTIONS, TARGET_OPTIONS, text, wholeNumber } from "./option-specs.ts";

const dryRun = flag("do nothing; show what would be done");

export const REWIND_OPTIONS = { "dry-run": dryRun, ...REASON_OPTIONS } as const;

// Its instances have failed, whatever else is asked for.
const { status: _, ...RETRY_PARTS } = FILTER_PARTS;

export const RETRY_OPTIONS = {
  ...RETRY_PARTS,
  ...MANY_OPTIONS,
  ...REWIND_OPTIONS,
} as const;

/** Not beside an id. */
export const FORK_PARTS = { ...FILTER_PARTS, ...MANY_OPTIONS } as const;

export const FORK_OPTIONS = {
  before: text("NAME", "before the episode that first asks for this activity or sub-orchestration"),
  event: wholeNumber(
    "N",
    1,
    Number.MAX_SAFE_INTEGER,
    "before this event of its history: # of perdure history; inside an episode: before the episode",
  ),
  checkpoint: wholeNumber("N", 0, Number.MAX_SAFE_INTEGER, "behind this EPISODE of perdure history; 0: at the beginning"),
  id: text("ID", "with an id: the id of the new instance (default: a generated one)"),
  input: text("JSON", "another input"),
  results: text("JSON", 'other results, by the ID of the call in perdure history: {"4": "paid"}'),
  "keep-events": flag("keep the external events behind the point"),
  "keep-completions": flag("keep the results that came behind the point"),
  "absolute-timers": flag("open timers keep their date"),
  "as-version": { ...text("TEXT", "another version"), parse: checkedVersion },
  ...FORK_PARTS,
  ...REWIND_OPTIONS,
} as const;

/** Not beside an id. */
export const RESTART_PARTS = {
  ...FILTER_PARTS,
  ...MANY_OPTIONS,
  "dry-run": flag("without an id: start nothing; show which would be restarted"),
} as const;

export const RESTART_OPTIONS = {
  "same-id": flag("under the same id, whose instance must have ended (default: a generated id)"),
  reason: AUDIT_REASON,
  ...RESTART_PARTS,
  ...TARGET_OPTIONS,
} as const;
