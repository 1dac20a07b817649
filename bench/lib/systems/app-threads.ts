import { appFunctions } from "../../../packages/perdure/src/app-threads/app-functions.ts";
import type { GuestSetup } from "../../../packages/perdure/src/app-threads/guest.ts";
import { startAppThreads } from "../../../packages/perdure/src/app-threads/start-app-threads.ts";
import { readAzureApp } from "../../../packages/perdure/src/azure/azure-app.ts";
import { parseLogOption } from "../../../packages/perdure/src/telemetry/log-option.ts";
import { BENCH } from "../paths.ts";
import type { System } from "../system.ts";
import type { PlaceName } from "./peers.ts";
import type { HubOptions } from "./perdure.ts";
import { openOn } from "./perdure.ts";

const LIMITS = { maxPayloadBytes: 32 * 1_024 * 1_024, maxJsonDepth: 1_000 };
const SOURCES = new URL("../../../packages/perdure/src/", import.meta.url);

/** The same hub, whose functions run on one app thread: the native ones, or those of an Azure app. */
export async function openOnThread(place: PlaceName, options: HubOptions): Promise<System> {
  const folder = `${BENCH}/apps/azure`;
  const kind =
    place === "thread"
      ? { guest: guestOf("app-threads/native-guest.ts"), files: [`${BENCH}/children/native-app.ts`], folder: `${BENCH}/apps` }
      : {
          guest: guestOf("azure/guest/azure-guest.ts"),
          files: [`${folder}/src/functions.js`],
          folder,
          more: { ...readAzureApp(folder, { environment: {}, port: null }).guest, rpcBaseUrl: null },
        };
  const setup: GuestSetup = {
    ...{ ...kind, ...LIMITS, app: kind.folder, cwd: kind.folder, taskHub: "Bench", publicOrigin: "", keys: [], forwardedHost: false },
    versions: { defaultVersion: null, match: "None", failure: "Reject" },
    levels: { engine: "warn", functions: "warn" },
  };
  const logs = parseLogOption("bench", false);
  const threads = await startAppThreads({ setup, threads: 1, memoryMb: null, functionTimeoutMs: Number.POSITIVE_INFINITY, ...logs });
  const system = await openOn({ ...options, functions: appFunctions(threads), executor: threads }, (hub) =>
    threads.connect({ client: hub.hubClient, now: () => hub.now }),
  );
  return { ...system, close: () => system.close().then(() => threads.close()) };
}

const guestOf = (path: string): string => new URL(path, SOURCES).href;
