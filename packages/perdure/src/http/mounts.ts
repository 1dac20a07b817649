import { isBelow } from "./paths.ts";

/** Something else that is served below a path of the handler, such as the console. */
export interface HttpMount {
  /** Such as "/console": what is at this path and below it. */
  readonly path: string;
  /** False: it trusts every client that can connect, so that a handler which asks for keys refuses it. */
  readonly demandsKey?: boolean;
  /**
   * It checks keys itself, and pages of other origins get no CORS headers. Without keys the handler has refused foreign pages before; bodies are limited as all
   * others of the handler.
   */
  handle(request: Request, context: MountContext): Promise<Response>;
  /** This process stops to serve: streams that would not end by themselves are to end now. */
  endStreams?(): void;
}

export interface MountContext {
  /** Below the path of the mount, percent-encoded as it came: "/", "/app.js"; "" at the path itself. */
  readonly path: string;
}

export interface Mounted {
  readonly mount: HttpMount;
  readonly context: MountContext;
}

export function mountAt(mounts: readonly HttpMount[], path: string): Mounted | null {
  const mount = mounts.find((one) => isBelow(path, one.path));
  return mount === undefined ? null : { mount, context: { path: path.slice(mount.path.length) } };
}
