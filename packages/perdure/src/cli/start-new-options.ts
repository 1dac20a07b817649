import { checkedVersion } from "../model/start-options.ts";
import { tags } from "./filter-options.ts";
import { durationAboveZero, flag, TARGET_OPTIONS, text, time } from "./option-specs.ts";

export const START_NEW_OPTIONS = {
  id: text("ID", "instance id (default: a generated one)"),
  input: text("JSON", "input of the orchestrator"),
  version: { ...text("TEXT", "version recorded with the instance (default: that of the orchestrator)"), parse: checkedVersion },
  tag: tags("tags of the instance, by which lists find it"),
  "start-at": time("it begins at this time, and not before (2026-01-31, 2026-01-31T12:00:00Z; UTC unless it says otherwise)"),
  wait: flag("wait for its end and show its status; the exit code is 1 unless it is Completed"),
  timeout: durationAboveZero("with --wait: no longer than this; the instance continues then (default: for as long as it takes)"),
  ...TARGET_OPTIONS,
} as const;
