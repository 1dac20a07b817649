import { resolve } from "node:path";
import type { GuestSetup } from "../app-threads/guest.ts";
import type { AzureApp } from "../azure/azure-app.ts";
import { DEFAULT_PAYLOAD_LIMITS } from "../replay/values/payload-encoder.ts";
import type { LogOptions } from "../telemetry/log-option.ts";
import type { StartOptions } from "./hub-options.ts";
import { tracesOf } from "./traces-options.ts";

export interface AppParts {
  readonly app: string;
  readonly files: readonly string[];
  readonly cwd: string;
  readonly options: StartOptions;
  readonly env: NodeJS.ProcessEnv;
  readonly hubLog: LogOptions;
  /** Null: not known yet. */
  readonly publicOrigin: string | null;
  /** What is special of an app for Azure Functions; null: it is none. */
  readonly azure: AzureApp | null;
}

export const DEFAULT_TASK_HUB = "PerdureHub";

/** What the threads of an app are told. */
export function guestSetup(
  { app, files, cwd, options, env, hubLog, publicOrigin }: Omit<AppParts, "azure">,
  kind: Pick<GuestSetup, "guest" | "more">,
): GuestSetup {
  const { key, "task-hub": taskHub = DEFAULT_TASK_HUB, "default-version": defaultVersion, "version-match-strategy": match } = options;
  return {
    ...kind,
    app,
    folder: resolve(cwd, app),
    cwd,
    files,
    taskHub,
    publicOrigin: publicOrigin ?? "",
    keys: key === undefined ? [] : [key],
    forwardedHost: options["forwarded-host"] ?? false,
    maxPayloadBytes: DEFAULT_PAYLOAD_LIMITS.maxBytes,
    maxJsonDepth: options["max-json-depth"] ?? DEFAULT_PAYLOAD_LIMITS.maxDepth,
    versions: {
      defaultVersion: defaultVersion ?? null,
      match: match ?? "None",
      failure: options["version-failure-strategy"] ?? "Reject",
    },
    traced: tracesOf(options, env).traces !== undefined,
    levels: { engine: hubLog.engine ?? "warn", functions: hubLog.functions ?? "info" },
  };
}
