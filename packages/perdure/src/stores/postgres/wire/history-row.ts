import type { ConsumedMail, HistoryAppend } from "../../../store/commit.ts";
import { layout, orMinusOne } from "./layout.ts";

/** A history row (`write_episodes`). `expectedVersion` -1: an update or a birth in the same batch checks the version. */
export const HISTORY = layout<HistoryAppend>()({
  no: { number: ({ no }) => no },
  expectedVersion: { number: ({ expectedVersion }) => orMinusOne(expectedVersion) },
  generation: { number: ({ generation }) => generation },
  firstSeq: { number: ({ firstSeq }) => firstSeq },
  count: { number: ({ count }) => count },
  at: { number: ({ at }) => at },
  events: { payload: ({ events }) => events },
});

/** A message that an episode has taken (`consume_mail`). */
export const CONSUMED = layout<ConsumedMail>()({
  no: { number: ({ no }) => no },
  seq: { number: ({ seq }) => seq },
});
