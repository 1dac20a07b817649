import { createHttpHandler } from "../http/index.ts";
import { TaskHub } from "../task-hub/task-hub.ts";

/** For a person who types a command: long enough for a server that restarts. */
const COMMAND_PATIENCE = "2s";

/** The management API over a store that this process opens itself, as a pure client: no port, no worker. */
export async function openStoreHandler(
  store: string,
): Promise<{ readonly handle: (request: Request) => Promise<Response>; readonly close: () => Promise<void> }> {
  const hub = await TaskHub.open(store, { storeTimeout: COMMAND_PATIENCE });
  const handle = createHttpHandler(hub);
  return { handle, close: () => hub.close() };
}
