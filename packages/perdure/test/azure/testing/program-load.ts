import { setTimeout as sleep } from "node:timers/promises";
import type { DurableClient } from "perdure";
import { Random } from "../../../src/testing/random.ts";
import type { Program, Shape } from "./random-program.ts";
import { eventsOf, randomProgram } from "./random-program.ts";

export interface LoadOptions {
  readonly seed: number;
  readonly callers: number;
  readonly shape: Shape;
  /** Where the app is to be found now. */
  readonly url: () => string;
  /** Of the store: its answers are never lost. */
  readonly client: DurableClient;
}

const PAUSE_MS = 150;
const AGAIN_AFTER_MS = 100;

/** Callers that start programs one after the other by the app's own HTTP function, and send them the events that they wait for. */
export class ProgramLoad {
  /** By instance: what was accepted. */
  readonly accepted = new Map<string, Program>();
  /** Requests without an answer, or with another one than was asked for: their host was killed. */
  refused = 0;
  readonly #options: LoadOptions;
  readonly #lanes: Promise<unknown>;
  #isOver = false;

  constructor(options: LoadOptions) {
    this.#options = options;
    const random = new Random(options.seed);
    this.#lanes = Promise.all(Array.from({ length: options.callers }, (_, n) => this.#lane(`k${n}`, new Random(random.int(1_000_000)))));
    this.#lanes.catch(() => {}); // stop() tells
  }

  /** What was begun is begun, and has its events. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#lanes;
  }

  async #lane(lane: string, random: Random): Promise<void> {
    for (let n = 0; !this.#isOver; n++) {
      const id = `${lane}-${n}`;
      const program = randomProgram(random, this.#options.shape);
      await this.#begin(id, program);
      for (const [nth, name] of eventsOf(program).entries()) {
        if (random.chance(0.5)) await sleep(random.int(PAUSE_MS));
        await this.#options.client.raiseEvent(id, name, { nth, name }, { messageId: `${id}-${nth}` });
      }
      await sleep(random.int(PAUSE_MS));
    }
  }

  /** Asks until it is there: a start whose answer was lost is one. */
  async #begin(id: string, program: Program): Promise<void> {
    for (;;) {
      try {
        const body = JSON.stringify(program);
        const response = await fetch(`${this.#options.url()}/api/begin/${id}`, { method: "POST", body });
        await response.arrayBuffer();
        if (response.status === 202) break;
      } catch {
        // killed before, while or after it did it
      }
      this.refused += 1;
      if ((await this.#options.client.getStatus(id)) !== null) break;
      await sleep(AGAIN_AFTER_MS);
    }
    this.accepted.set(id, program);
  }
}
