import type { AzureApp } from "../azure/azure-app.ts";
import type { ClosableLog } from "../telemetry/closable-log.ts";
import type { LogOptions } from "../telemetry/log-option.ts";
import type { CommandIo } from "./command.ts";
import type { Development } from "./development.ts";
import type { StartOptions } from "./hub-options.ts";
import type { LogStyle } from "./open-log.ts";
import type { Workforce } from "./workforce.ts";

/** With what a host is opened. */
export interface HostParts {
  readonly io: CommandIo;
  readonly options: StartOptions;
  readonly app: string;
  readonly workforce: Workforce;
  readonly style: LogStyle;
  readonly log: ClosableLog;
  readonly hubLog: LogOptions;
  /** Null: the app is not one for Azure Functions. */
  readonly azure: AzureApp | null;
  /** Null: it is not under development. */
  readonly development: Development | null;
}
