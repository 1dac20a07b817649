import type { ConsumedMail, HistoryAppend } from "../../../store/commit.ts";
import { HISTORY_COLUMNS } from "../../episode-rows.ts";
import { layout } from "./layout.ts";

/** `write_episodes`. */
export const HISTORY = layout<HistoryAppend>()(HISTORY_COLUMNS);

/** A message that an episode has taken (`consume_mail`). */
export const CONSUMED = layout<ConsumedMail>()({
  no: { number: ({ no }) => no },
  seq: { number: ({ seq }) => seq },
});
