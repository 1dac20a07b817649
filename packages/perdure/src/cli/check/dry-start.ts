import { withoutStart } from "../../errors/nothing-started.ts";
import type { RegisteredFunction } from "../../functions/registry.ts";
import { hubSettings } from "../../task-hub/hub-settings.ts";
import type { HubSettings } from "../../task-hub/options.ts";
import { errorText } from "../../telemetry/value-text.ts";
import { handlerOf } from "../host-handler.ts";
import type { ServedApp } from "../host-routes.ts";
import { hubOptions } from "../hub-options.ts";
import type { hubWith } from "../hub-with-routes.ts";

export interface DryStart<Fn> {
  /** Those that a start takes. */
  readonly taken: readonly Fn[];
  /** What a start is refused for, one reason for each of the others. */
  readonly reasons: readonly string[];
}

/** Of an app with these functions. `start` is given some of them, and rejects as a start of an app with them alone does; where all go together, it is asked once. */
export async function dryStart<Fn>(functions: readonly Fn[], start: (some: readonly Fn[]) => Promise<void>): Promise<DryStart<Fn>> {
  const refusal = async (some: readonly Fn[]): Promise<string | null> => {
    try {
      await start(some);
      return null;
    } catch (error) {
      return withoutStart(errorText(error));
    }
  };
  if ((await refusal(functions)) === null) return { taken: functions, reasons: [] };
  const ofNone = await refusal([]);
  if (ofNone !== null) return { taken: functions, reasons: [ofNone] };
  const reasons: string[] = [];
  const taken: Fn[] = [];
  for (const fn of functions) {
    const reason = await refusal([...taken, fn]);
    if (reason === null) taken.push(fn);
    else reasons.push(reason);
  }
  return { taken, reasons };
}

/** What a host makes of its functions before it opens its store and its port, by the same steps. Rejects with what a start is refused for. */
export async function dryHost(functions: readonly RegisteredFunction[], app: ServedApp): Promise<void> {
  const { options, azure } = app;
  const engine = azure?.engine ?? {};
  const settings = await hubSettings(
    hubOptions(options, { functions, log: { engine: "silent" }, publicOrigin: "http://localhost", engine }),
  );
  await handlerOf(await import("../../http/index.ts"), unopened(settings), app, {});
}

/** A handler is made of it, and never called. */
const unopened = ({ name, registry, ...httpDefaults }: HubSettings): ReturnType<typeof hubWith> => ({
  ...{ name, registry, httpDefaults },
  ...({ client: {}, hubClient: {}, schedules: {} } as Pick<ReturnType<typeof hubWith>, "client" | "hubClient" | "schedules">),
  readiness: () => Promise.resolve("starting"),
});
