// Run as a process of its own: `host.ts OPTIONS`, JSON of HostOptions. Says one line of JSON for each log entry, and {"event":"ready"}.
import { writeSync } from "node:fs";
import { TaskHub } from "perdure";
import { createHttpHandler, serveHttp } from "perdure/http";
import type { HostOptions } from "./child.ts";
import { childApp } from "./child-app.ts";

const options = JSON.parse(process.argv[2] ?? "{}") as HostOptions;
// Straight to the pipe: what a process said before it is killed must be there.
const say = (entry: object) => writeSync(1, `${JSON.stringify(entry)}\n`);

const hub = await TaskHub.open(options.store, {
  functions: childApp(options.folder, options.who),
  engine: options.engine,
  log: { enabled: (level) => level !== "debug" && level !== "info", write: say },
});
await hub.start();
if (options.port !== undefined) {
  const handler = createHttpHandler(hub);
  await serveHttp({ handler, port: options.port, hostname: "127.0.0.1" });
}
say({ event: "ready", message: "" });
process.on("SIGTERM", () => void hub.close().then(() => process.exit(0)));
setInterval(() => {}, 60_000); // the host lives until it is stopped
