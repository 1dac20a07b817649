import { LAST_TIME } from "../../../model/time.ts";
import type { Migration } from "./migration.ts";

/** Early releases stored waits "for ever" as times beyond every date: a view that shows them as dates could not be read. */
export const farTimes: Migration = {
  version: 10,
  name: "far times",
  sql: `
    UPDATE instances SET wake_at = least(wake_at, ${LAST_TIME}), next_wake = least(next_wake, ${LAST_TIME}), start_at = least(start_at, ${LAST_TIME})
      WHERE wake_at > ${LAST_TIME} OR next_wake > ${LAST_TIME} OR start_at > ${LAST_TIME};
  `,
};
