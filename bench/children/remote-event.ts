import { activity, orchestrator } from "perdure";
import { childArgument, nextMessage, runChild, tellParent } from "../lib/child.ts";
import { rssMiB } from "../lib/load.ts";
import { EVENT_NAME, verify } from "../lib/system.ts";
import type { OpenedHub } from "../lib/systems/perdure.ts";
import { event, openHub } from "../lib/systems/perdure.ts";

/** Two workers in the scenario `remote-event`: who owns the instances, and who raises their events and never owns one. */
export interface RemoteEventArgument {
  readonly role: "owner" | "raiser";
  readonly storeUrl: string;
}

export type RemoteEventCommand =
  /** To the owner: start so many, wait until they wait, tell their ids. */
  | { readonly kind: "start"; readonly count: number }
  /** To the raiser: raise each event and wait for its instance's end, so many at a time; tell how long each took. */
  | { readonly kind: "raise"; readonly instanceIds: readonly string[]; readonly inFlight: number };

export interface RemoteEventReady {
  readonly fsync: boolean | null;
}

export interface Waiting {
  readonly instanceIds: readonly string[];
}

export interface Raised {
  readonly milliseconds: readonly number[];
  readonly rssMiB: number;
}

type Hub = OpenedHub["hub"];

/** The raiser is a worker too, but does not have the orchestrator, so no instance of it can come to live there. */
const other = orchestrator("other", async (ctx) => await ctx.callActivity(nothing, null));
const nothing = activity("nothing", (_input: null) => null);

await runChild(async () => {
  const { role, storeUrl } = childArgument<RemoteEventArgument>();
  const { hub, fsync } = await openHub({ storeUrl, functions: role === "owner" ? [event] : [other, nothing] });
  await tellParent({ fsync } satisfies RemoteEventReady);
  for (let command = await nextMessage<RemoteEventCommand>(); command !== null; command = await nextMessage<RemoteEventCommand>()) {
    if (command.kind === "start") await tellParent(await startWaiting(hub, command.count));
    else await tellParent(await raiseAll(hub, command.instanceIds, command.inFlight));
  }
  await hub.close();
});

async function startWaiting(hub: Hub, count: number): Promise<Waiting> {
  const instanceIds = await Promise.all(
    Array.from({ length: count }, async (_, n) => {
      const { instanceId } = await hub.client.startNew(event, { input: n });
      await hub.client.waitForStart(instanceId);
      return instanceId;
    }),
  );
  return { instanceIds };
}

async function raiseAll(hub: Hub, instanceIds: readonly string[], inFlight: number): Promise<Raised> {
  const milliseconds: number[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let n = next++; n < instanceIds.length; n = next++) {
      const handle = hub.client.handle(event, instanceIds[n] ?? "");
      const raised = performance.now();
      await handle.raiseEvent(EVENT_NAME, n);
      const output = await handle.result();
      milliseconds.push(performance.now() - raised);
      verify("event", n, output, n);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  return { milliseconds, rssMiB: rssMiB() };
}
