import { syncBuiltinESMExports } from "node:module";
import { patchConnections, patchEffects } from "./guards.ts";
import { guardConnectionsLater } from "./late-guards.ts";
import { Patches } from "./patches.ts";
import { patchRandom } from "./scoped-random.ts";
import { patchTime } from "./scoped-time.ts";
import { watchUnhandled } from "./unhandled-rejections.ts";

let users = 0;
let uninstall = (): void => {};

/**
 * Makes clocks and random values deterministic inside orchestrators, and guards what replay would not repeat; everywhere else everything
 * stays real (15 ns for the question who is asking). Counted: the patches go in with the first caller and come out when the last one calls
 * what it was given. Call it before user modules load: what they captured earlier (`const { now } = Date`) cannot be reached.
 */
export function installDeterministicGlobals(): () => void {
  if (users++ === 0) uninstall = install();
  let released = false;
  return () => {
    if (released) return;
    released = true;
    if (--users === 0) uninstall();
  };
}

function install(): () => void {
  const patches = new Patches();
  patchTime(patches);
  patchRandom(patches);
  patchEffects(patches);
  const stopWaiting = guardConnectionsLater(() => patchConnections(patches));
  const stopWatching = watchUnhandled();
  // `import { randomUUID } from "node:crypto"` follows.
  syncBuiltinESMExports();
  return () => {
    stopWaiting();
    stopWatching();
    patches.undo();
    syncBuiltinESMExports();
  };
}
