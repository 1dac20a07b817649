import type { AzureApp } from "../../azure/azure-app.ts";
import { azureStart } from "../azure-options.ts";
import { entryFiles } from "../entry-files.ts";
import type { StartOptions } from "../hub-options.ts";
import type { NextApp } from "../open-app.ts";
import type { Changes } from "./changes.ts";
import type { DevLog } from "./dev-log.ts";

export interface ChangedApp extends NextApp {
  /** As the settings of the app have them, too. */
  readonly options: StartOptions;
  /** It was not taken: the environment of this process is as before. */
  undo(): void;
}

export interface NextAppParts {
  /** Its folder, or a file in it; absolute. */
  readonly app: string;
  /** As they were given, without what settings of the app say. */
  readonly options: StartOptions;
  /** Of this process before it took over the settings of the app. */
  readonly environment: NodeJS.ProcessEnv;
  /** Of an Azure app that runs now; null: the app is a native one. */
  readonly azure: AzureApp | null;
  readonly changes: Changes;
  readonly log: DevLog;
}

const MOST_BUILDS = 5;

/** The app as its files are now. Rejects with errors of the catalogue that name the file. */
export async function nextApp(parts: NextAppParts): Promise<ChangedApp> {
  const { app, options, environment, azure, changes } = parts;
  changes.take(); // what is written from now on is loaded again
  if (azure === null) {
    return { files: entryFiles(app, app), azure, options, undo: () => {} };
  }
  const read = await azureStart(app, options, { cwd: app, env: environment });
  if (read === null) throw new TypeError("The app has no host.json any more.");
  const files = await built(read.app, parts);
  const undo = takeOver(azure, read.app, environment);
  return { files, azure: read.app, options: read.options, undo };
}

/** A source that was written while it was built is older than the output: what has changed is built, whatever the times say. What a build writes is not to be loaded again. */
async function built({ manifest }: AzureApp, { log, changes }: NextAppParts): Promise<readonly string[]> {
  const { builtEntryPoints, rolesInBuild } = await import("../../azure/azure-app.ts");
  const roleOf = rolesInBuild(manifest);
  const say = (why: string) => log.say("info", "app.building", `Building the app, since ${why}.`);
  let [changed] = changes.taken.filter((path) => roleOf(path) === "source");
  for (let builds = 1; ; builds += 1) {
    const building = builtEntryPoints(manifest, say, changed === undefined ? null : `${log.shown(changed)} has changed`);
    // Compilers write in spite of errors, too.
    const files = await building.finally(() => changes.drop((path) => roleOf(path) === "output"));
    if (builds === MOST_BUILDS) return files;
    [changed] = changes.take((path) => roleOf(path) === "source");
    if (changed === undefined) return files;
  }
}

/** Threads that start from now on have these variables. */
function takeOver(before: AzureApp, now: AzureApp, environment: NodeJS.ProcessEnv): () => void {
  const set = (from: AzureApp, to: AzureApp): void => {
    for (const name of Object.keys(from.settings.environment)) if (environment[name] === undefined) delete process.env[name];
    Object.assign(process.env, to.settings.environment);
  };
  set(before, now);
  return () => set(now, before);
}
