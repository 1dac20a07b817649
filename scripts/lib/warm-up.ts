// A process of its own that loads what most processes of the gate load, threads included, and ends in order, so that it is compiled once.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TaskHub } from "perdure";
import { createHttpHandler, serveHttp } from "perdure/http";

const folder = mkdtempSync(join(tmpdir(), "perdure-warm-up-"));
try {
  const hub = await TaskHub.open(`file:${join(folder, "hub.db")}`, { functions: [] });
  await hub.start();
  const handler = createHttpHandler(hub);
  const server = await serveHttp({ handler, port: 0, hostname: "127.0.0.1" });
  await server.close();
  await hub.close();
  await import("../../packages/perdure/src/stores/postgres/open-postgres.ts");
  await import("../../packages/perdure/src/cli/start.ts");
} finally {
  rmSync(folder, { recursive: true, force: true });
}
