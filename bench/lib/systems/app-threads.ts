import { appFunctions } from "../../../packages/perdure/src/app-threads/app-functions.ts";
import type { GuestSetup } from "../../../packages/perdure/src/app-threads/guest.ts";
import { startAppThreads } from "../../../packages/perdure/src/app-threads/start-app-threads.ts";
import { readAzureApp } from "../../../packages/perdure/src/azure/azure-app.ts";
import { parseLogOption } from "../../../packages/perdure/src/telemetry/log-option.ts";
import { BENCH } from "../paths.ts";
import type { OpenedHub } from "./perdure.ts";
import { openHub } from "./perdure.ts";

/** The app on the thread: native functions, or those of an app for Azure. */
export type AppKind = "native" | "azure";

const LIMITS = { maxPayloadBytes: 32 * 1_024 * 1_024, maxJsonDepth: 1_000 };
const SOURCES = new URL("../../../packages/perdure/src/", import.meta.url);
const guestOf = (path: string): string => new URL(path, SOURCES).href;

/** A hub whose functions run on one app thread. Its close ends the thread. */
export async function openOnThread(kind: AppKind, storeUrl: string): Promise<OpenedHub> {
  const setup: GuestSetup = {
    ...(kind === "native" ? nativeApp() : azureApp()),
    ...{ ...LIMITS, taskHub: "Bench", publicOrigin: "", keys: [], forwardedHost: false },
    versions: { defaultVersion: null, match: "None", failure: "Reject" },
    levels: { engine: "warn", functions: "warn" },
  };
  const logs = parseLogOption("bench", false);
  const threads = await startAppThreads({ setup, threads: 1, memoryMb: null, functionTimeoutMs: Number.POSITIVE_INFINITY, ...logs });
  return await openHub({ storeUrl, functions: appFunctions(threads), executor: threads }, (hub) =>
    threads.connect({ client: hub.hubClient, now: () => hub.now }),
  );
}

function nativeApp(): Pick<GuestSetup, "app" | "cwd" | "folder" | "guest" | "files"> {
  const folder = `${BENCH}/apps`;
  return { app: folder, cwd: folder, folder, guest: guestOf("app-threads/native-guest.ts"), files: [`${BENCH}/children/native-app.ts`] };
}

function azureApp(): Pick<GuestSetup, "app" | "cwd" | "folder" | "guest" | "files" | "more"> {
  const folder = `${BENCH}/apps/azure`;
  const { guest } = readAzureApp(folder, { environment: {}, port: null });
  const more = { ...guest, rpcBaseUrl: null };
  return {
    ...{ app: folder, cwd: folder, folder, more },
    ...{ guest: guestOf("azure/guest/azure-guest.ts"), files: [`${folder}/src/functions.js`] },
  };
}
