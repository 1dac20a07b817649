import type { Route } from "./call.ts";
import { act, start } from "./routes/actions.ts";
import { beginBulk, cancelBulk, readBulk } from "./routes/bulk.ts";
import { decideMisfits } from "./routes/dev.ts";
import { listEntities, purgeEntity, readEntity, signalEntity, skipOperation } from "./routes/entities.ts";
import { listFunctions, readFailures } from "./routes/fleet.ts";
import { readHistory, readPayload } from "./routes/history.ts";
import { listInstances, lookUp, readDoing, readInstance, readWhy } from "./routes/instances.ts";
import { actOnSchedule, listSchedules } from "./routes/schedules.ts";
import { readHub, readSession, signIn, signOut } from "./routes/session.ts";
import { readSource } from "./routes/source.ts";
import { openStream } from "./routes/stream.ts";

/** All that the API has. What stands first is tried first. */
export const ROUTES: readonly Route[] = [
  { method: "GET", path: "/session", needs: "read", handle: readSession },
  { method: "POST", path: "/session", needs: "none", handle: signIn },
  { method: "DELETE", path: "/session", needs: "none", handle: signOut },
  { method: "GET", path: "/hub", needs: "read", handle: readHub },
  { method: "GET", path: "/counts", needs: "read", handle: ({ fleet }) => fleet.counts() },
  { method: "GET", path: "/instances", needs: "read", handle: listInstances },
  { method: "POST", path: "/instances", needs: "write", handle: start },
  { method: "POST", path: "/instances/lookup", needs: "read", handle: lookUp },
  { method: "POST", path: "/instances/doing", needs: "read", handle: readDoing },
  { method: "GET", path: "/instances/{id}", needs: "read", handle: readInstance },
  { method: "GET", path: "/instances/{id}/history", needs: "read", handle: readHistory },
  { method: "GET", path: "/instances/{id}/payload", needs: "read", handle: readPayload },
  { method: "GET", path: "/instances/{id}/why", needs: "read", handle: readWhy },
  { method: "POST", path: "/instances/{id}/{action}", needs: "write", handle: act },
  { method: "GET", path: "/functions", needs: "read", handle: listFunctions },
  { method: "GET", path: "/workers", needs: "read", handle: ({ fleet }) => fleet.list() },
  { method: "GET", path: "/queue", needs: "read", handle: ({ fleet }) => fleet.queue() },
  { method: "GET", path: "/failures", needs: "read", handle: readFailures },
  { method: "POST", path: "/bulk", needs: "write", handle: beginBulk },
  { method: "GET", path: "/bulk/{run}", needs: "read", handle: readBulk },
  { method: "DELETE", path: "/bulk/{run}", needs: "write", handle: cancelBulk },
  { method: "POST", path: "/misfits", needs: "write", handle: decideMisfits },
  { method: "GET", path: "/stream", needs: "read", handle: openStream },
  { method: "GET", path: "/source", needs: "read", handle: readSource },
  { method: "GET", path: "/entities", needs: "read", handle: listEntities },
  { method: "GET", path: "/entities/{id}", needs: "read", handle: readEntity },
  { method: "POST", path: "/entities/{id}/signal", needs: "write", handle: signalEntity },
  { method: "POST", path: "/entities/{id}/purge", needs: "write", handle: purgeEntity },
  { method: "POST", path: "/entities/{id}/skip", needs: "write", handle: skipOperation },
  { method: "GET", path: "/schedules", needs: "read", handle: listSchedules },
  { method: "POST", path: "/schedules/{name}/{action}", needs: "write", handle: actOnSchedule },
];
