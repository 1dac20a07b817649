import type { AzureApp } from "../azure/azure-app.ts";
import type { MisfitChoice } from "../console/wire.ts";
import type { Store } from "../store/contract.ts";
import type { EngineLog } from "../telemetry/engine-log.ts";
import type { Host } from "./host.ts";
import type { StartOptions } from "./hub-options.ts";
import type { Keyboard } from "./keyboard.ts";

/** A host that is up. */
export interface RunningHost {
  readonly host: Host;
  readonly options: StartOptions;
  /** Its folder, or a file in it; absolute. */
  readonly app: string;
  readonly azure: AzureApp | null;
  readonly log: EngineLog;
  /** Lines are for people. */
  readonly people: boolean;
  /** Null: there is no terminal, or lines are for programs. */
  readonly keyboard: Keyboard | null;
  /** Null: it has none. */
  readonly consoleUrl: string | null;
  /** As the first signal to stop. */
  stop(): void;
}

/** What goes with a host whose app is being written. */
export interface Development {
  /** The same store: what is recorded there is seen. */
  watch(store: Store): Store;
  begin(running: RunningHost): void;
  /** About instances that the code does not fit. */
  decide(choice: MisfitChoice): Promise<void>;
  /** Before the host closes. */
  close(): Promise<void>;
}
