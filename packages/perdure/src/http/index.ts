import "../require-node.ts"; // before everything else

export type { HttpHandler, RequestContext } from "./handler.ts";
export { createHttpHandler } from "./handler.ts";
export type { HttpMount, MountContext } from "./mounts.ts";
export type { NodeListener } from "./node-listener.ts";
export { toNodeListener } from "./node-listener.ts";
export type { HttpServer, ServeOptions } from "./node-server.ts";
export { serveHttp } from "./node-server.ts";
export type { HttpHandlerOptions } from "./options.ts";
export type { Readiness, ServedHub } from "./served-hub.ts";
