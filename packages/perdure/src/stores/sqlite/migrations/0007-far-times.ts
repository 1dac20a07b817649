import { LAST_TIME } from "../../../model/time.ts";
import type { Migration } from "./migration.ts";

/** Early releases stored waits "for ever" as times beyond every date, even beyond the integers that JavaScript can read: then no list could be read. */
export const farTimes: Migration = {
  version: 7,
  name: "far times",
  sql: `UPDATE instances SET wake_at = min(wake_at, ${LAST_TIME}), next_wake = min(next_wake, ${LAST_TIME}), start_at = min(start_at, ${LAST_TIME})
    WHERE wake_at > ${LAST_TIME} OR next_wake > ${LAST_TIME} OR start_at > ${LAST_TIME};`,
};
