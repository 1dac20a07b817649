import { fault } from "../../errors/perdure-error.ts";
import type { ConsoleCall } from "../call.ts";
import { queryOptions } from "../request-parts.ts";

const MOST_WATCHED = 20;

export function openStream(call: ConsoleCall): Response {
  queryOptions(call, { watch: "list" });
  // As they are: an id may have a comma.
  const watched = [...new Set(call.url.searchParams.getAll("watch"))];
  if (watched.length > MOST_WATCHED)
    throw fault("OPTION_INVALID", call.where, "watch", `${watched.length} ids`, `${MOST_WATCHED} ids at most`);
  if (call.hub.isClosing()) throw fault("HOST_STOPPING");
  return call.streams.open({ watched, until: call.session.expiresAt });
}
