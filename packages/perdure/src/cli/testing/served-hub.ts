import { after, before } from "node:test";
import type { RegisteredFunction } from "../../functions/registry.ts";
import type { HttpServer } from "../../http/index.ts";
import { createHttpHandler, serveHttp } from "../../http/index.ts";
import { TaskHub } from "../../task-hub/task-hub.ts";
import { runCommand } from "./run-command.ts";
import { Folder } from "./spawn-cli.ts";

/** The two ways of a command to a hub. */
export const DOORS = ["--url", "--store"] as const;
export type Door = (typeof DOORS)[number];

/** A hub on a file with a worker and its HTTP API, for all tests of a file. */
export class ServedHub {
  readonly #folder = new Folder();
  readonly store = `file:${this.#folder.path}/hub.db`;
  #hub: TaskHub | null = null;
  #server: HttpServer | null = null;

  /** `prepare`: before the first test. A second hook of the file would not wait for the first. */
  constructor(functions: readonly RegisteredFunction[], prepare: (hub: TaskHub) => Promise<void> = () => Promise.resolve()) {
    before(async () => {
      this.#hub = await TaskHub.open(this.store, { functions, log: false });
      await this.#hub.start();
      this.#server = await serveHttp({ handler: createHttpHandler(this.#hub), port: 0 });
      await prepare(this.#hub);
    });
    after(async () => {
      await this.#server?.close();
      await this.#hub?.close();
      this.#folder[Symbol.dispose]();
    });
  }

  get hub(): TaskHub {
    if (this.#hub === null) throw new Error("it is opened before the first test");
    return this.#hub;
  }

  get url(): string {
    if (this.#server === null) throw new Error("it is served before the first test");
    return this.#server.url;
  }

  run(door: Door, ...args: readonly string[]): ReturnType<typeof runCommand> {
    return runCommand([...args, door, door === "--url" ? this.url : this.store]);
  }
}
