import type { TriggerInvocation, TriggerSpec } from "../../../src/app-threads/guest.ts";
import type { TriggerSettings } from "../../../src/azure/triggers/trigger-settings.ts";
import { DEFAULT_TRIGGER_SETTINGS } from "../../../src/azure/triggers/trigger-settings.ts";
import type { Triggers } from "../../../src/azure/triggers/triggers.ts";
import { createTriggers } from "../../../src/azure/triggers/triggers.ts";
import type { LogEntry } from "../../../src/telemetry/engine-log.ts";

/** The clients are installed here, as in the folder of an app. */
export const FOLDER = import.meta.dirname;

export interface Rig {
  readonly triggers: Triggers;
  readonly calls: readonly TriggerInvocation[];
  readonly lines: readonly LogEntry[];
}

export interface RigOptions {
  readonly specs: readonly TriggerSpec[];
  readonly variables: { readonly [name: string]: string };
  readonly settings?: Partial<TriggerSettings>;
  /** What the functions do; what it throws, they throw. */
  readonly run?: (call: TriggerInvocation) => unknown;
  readonly folder?: string;
}

const open = new Set<Triggers>();

/** Also those of tests that failed: what is open would hold the process. */
export async function stopAll(): Promise<void> {
  await Promise.all([...open].map((triggers) => triggers.stop()));
  open.clear();
}

/** A worker with triggers: its functions are code of the test. */
export function rig({ specs, variables, settings = {}, run = () => {}, folder = FOLDER }: RigOptions): Rig {
  const calls: TriggerInvocation[] = [];
  const lines: LogEntry[] = [];
  const triggers = createTriggers({
    ...{ specs, folder, variables, taskHub: "TestHub", settings: { ...DEFAULT_TRIGGER_SETTINGS, ...settings } },
    invoke: async (call) => {
      calls.push(call);
      try {
        await run(call);
        return { kind: "done", value: { kind: "none" }, outputs: {} };
      } catch (error) {
        return { kind: "failed", failure: { errorType: "Error", message: error instanceof Error ? error.message : String(error) } };
      }
    },
    log: { enabled: () => true, write: (entry) => lines.push(entry) },
  });
  open.add(triggers);
  return { triggers, calls, lines };
}

/** What a call has of its message, and of what is around it. */
export const inputOf = ({ inputs }: TriggerInvocation): unknown => {
  const [value] = Object.values(inputs);
  return value !== undefined && "text" in value ? value.text : value;
};

export function metadataOf({ metadata }: TriggerInvocation, name: string): unknown {
  const value = metadata[name];
  if (value === undefined || !("text" in value)) return undefined;
  return value.kind === "json" ? JSON.parse(value.text) : value.text;
}
