import { signal } from "@preact/signals";
import type { Takeover } from "../model/timeline.ts";
import { listen } from "./hub.ts";

/** Workers that died, as far as the host or this page has seen it; another one only when somebody else dies. */
export const deaths = signal<readonly Takeover[]>([]);

function died(worker: number, at: number): void {
  if (!deaths.peek().some((one) => one.worker === worker && one.isThread !== true)) deaths.value = [...deaths.peek(), { worker, at }];
}

listen("tick", ({ workers }) => {
  for (const { worker, diedAt } of workers) if (diedAt !== null) died(worker, diedAt);
});

listen("dev", (note) => {
  if (note.kind !== "killed") return;
  const { worker, at } = note;
  // A page that comes back to its host is told it again.
  if (!deaths.peek().some((one) => one.isThread === true && one.at === at))
    deaths.value = [...deaths.peek(), { worker, at, isThread: true }];
});
