import type { Continued, Filled, ReleasedArgument } from "../children/released.ts";
import { Child } from "./child.ts";
import type { Measured } from "./record.ts";
import { latenciesOf } from "./stats.ts";

/** A process of its own fills the store, and goes. */
export async function fillAndRelease(fill: ReleasedArgument & { readonly role: "fill" }): Promise<Filled> {
  return await tellOf<Filled>(fill);
}

/** A fresh process lets all of them continue. */
export async function letContinue(argument: ReleasedArgument & { readonly role: "wake" | "raise" }): Promise<Continued> {
  return await tellOf<Continued>(argument);
}

export const measuredOf = (continued: Continued, rates: Pick<Measured, "orchestrationsPerSecond" | "eventsPerSecond">): Measured => ({
  ...rates,
  activitiesPerSecond: null,
  ...latenciesOf(continued.milliseconds),
  rssMiB: continued.rssMiB,
  fsync: null,
  extra: { cpuSeconds: continued.cpuSeconds },
});

async function tellOf<Message>(argument: ReleasedArgument): Promise<Message> {
  const child = new Child("children/released.ts", argument);
  try {
    return await child.next<Message>();
  } finally {
    await child.stop();
  }
}
