import type { Continued, Filled, ReleasedArgument } from "../children/released.ts";
import { answerOf } from "./child.ts";
import type { Measured } from "./record.ts";
import { measuredOf } from "./record.ts";
import { latenciesOf } from "./stats.ts";

const FILE = "children/released.ts";

/** A process of its own fills the store, and goes. */
export async function fillAndRelease(fill: ReleasedArgument & { readonly role: "fill" }): Promise<Filled> {
  return await answerOf<Filled>(FILE, fill);
}

/** A fresh process lets all of them continue. */
export async function letContinue(argument: ReleasedArgument & { readonly role: "wake" | "raise" }): Promise<Continued> {
  return await answerOf<Continued>(FILE, argument);
}

export const measuredOfContinued = (
  continued: Continued,
  rates: Pick<Measured, "orchestrationsPerSecond"> | Pick<Measured, "eventsPerSecond">,
): Measured => {
  const { milliseconds, rssMiB, cpuSeconds } = continued;
  return measuredOf(rates, { ...latenciesOf(milliseconds), rssMiB }, { cpuSeconds });
};
