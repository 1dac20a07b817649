import type { AzureApp } from "../azure/azure-app.ts";
import type { HttpFunction } from "../functions/http.ts";
import type { HttpHandler } from "../http/handler.ts";
import type { StartOptions } from "./hub-options.ts";

/** By what an app is served. */
export interface ServedApp {
  readonly options: StartOptions;
  /** Null: it is a native one. */
  readonly azure: AzureApp | null;
}

type MakeHandler = (http: readonly HttpFunction[], app: ServedApp) => Promise<HttpHandler>;

/** The handler of a host, whose HTTP functions may become others while it serves. */
export class HostRoutes {
  readonly handler: HttpHandler;
  readonly #make: MakeHandler;
  #current: HttpHandler;
  #http: readonly HttpFunction[];

  static async open(make: MakeHandler, http: readonly HttpFunction[], app: ServedApp): Promise<HostRoutes> {
    return new HostRoutes(make, await make(http, app), http);
  }

  private constructor(make: MakeHandler, first: HttpHandler, http: readonly HttpFunction[]) {
    this.#http = http;
    this.#make = make;
    this.#current = first;
    this.handler = Object.assign((...args: Parameters<HttpHandler>) => this.#current(...args), {
      demandsKey: first.demandsKey,
      serves: (...args: Parameters<HttpHandler["serves"]>) => this.#current.serves(...args),
      endStreams: () => this.#current.endStreams(),
    });
  }

  /** HTTP functions that are served now. */
  get http(): readonly HttpFunction[] {
    return this.#http;
  }

  /** Rejects for routes that cannot be. They hold when what is returned is called; a request that has begun is answered by the old ones. */
  async prepare(http: readonly HttpFunction[], app: ServedApp): Promise<() => void> {
    const { loadRouteRegex } = await import("../http/route-regex.ts");
    await loadRouteRegex(http);
    const next = await this.#make(http, app);
    return () => {
      this.#current = next;
      this.#http = http;
    };
  }
}
