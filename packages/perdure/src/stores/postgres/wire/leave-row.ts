import type { Release, Stop } from "../../../store/commit.ts";
import { nextWakeNumber } from "../../episode-rows.ts";
import { orMinusOne } from "../../row-columns.ts";
import { layout } from "./layout.ts";

export const HOW = { sleep: 0, ready: 1, stop: 2, drop: 3 } as const;

export type Leave = Release | Stop;

function howOf(leave: Leave): number {
  if ("reason" in leave) return HOW.stop;
  if (leave.drop === true) return HOW.drop;
  return leave.asReady ? HOW.ready : HOW.sleep;
}

/** An instance that its owner gives back or stops (`leave_owner`). `crashes` -1: as before. */
export const LEAVE = layout<Leave>()({
  no: { number: ({ no }) => no },
  version: { number: ({ version }) => version },
  how: { number: howOf },
  nextWake: { number: (leave) => ("reason" in leave ? -1 : nextWakeNumber(leave.nextWake)) },
  crashes: { number: (leave) => ("reason" in leave ? orMinusOne(leave.crashes) : -1) },
  reason: { text: (leave) => ("reason" in leave ? JSON.stringify(leave.reason) : null), what: "reason" },
});
