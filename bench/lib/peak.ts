import { Child } from "./child.ts";
import type { LoadArgument } from "./load-argument.ts";
import type { Measured } from "./record.ts";
import type { ProcessRequest } from "./scenario.ts";

/** Orchestrations per second of `hello-sequence-5` on a fresh store, with the in-flight level of the request. */
export async function measurePeak(request: ProcessRequest, durationSeconds: number): Promise<number> {
  request.say("Measuring the peak rate …");
  const argument: LoadArgument = {
    scenario: "hello-sequence-5",
    peer: null,
    storeUrl: await request.freshStore(),
    commitDelayMs: 0,
    inFlight: request.inFlight,
    durationSeconds,
  };
  const child = new Child("children/load.ts", argument);
  try {
    const { orchestrationsPerSecond } = await child.next<Measured>();
    if (orchestrationsPerSecond === null) throw new Error("hello-sequence-5 gave no rate");
    return orchestrationsPerSecond;
  } finally {
    await child.stop();
  }
}
