import type { Committer } from "../commits/committer.ts";
import type { Trouble } from "./trouble.ts";

export interface FreshStartPort {
  readonly trouble: Pick<Trouble, "startAfresh">;
  readonly committer: Pick<Committer, "unhalt">;
}

/** All was read again, or the worker has joined as a new one: batches are taken again. */
export class FreshStart {
  readonly #port: FreshStartPort;

  constructor(port: FreshStartPort) {
    this.#port = port;
  }

  begin(): void {
    this.#port.trouble.startAfresh();
    this.#port.committer.unhalt();
  }
}
