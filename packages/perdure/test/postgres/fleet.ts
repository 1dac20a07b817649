import assert from "node:assert/strict";
import { freePort } from "../../src/testing/postgres/free-port.ts";
import type { Random } from "../../src/testing/random.ts";
import type { Field, HostProcess } from "../testing/child.ts";

/** Short, but long enough for three processes and a server on two cores: a renewal that comes late must not look like a death. */
export const LEASE_MS = 2_000;
const ENGINE = {
  leaseMs: LEASE_MS,
  renewEveryMs: 300,
  pollEveryMs: 100,
  idleReleaseMs: 300,
  heartbeatFlushMs: 100,
  longActivityMs: 200,
  drainMs: 100,
};

interface Place {
  readonly who: string;
  readonly port: number;
  host: HostProcess;
}

/** Worker processes on one store, each with its port, to be frozen, killed and replaced. */
export class Fleet {
  readonly #field: Field;
  readonly #places: Place[] = [];
  #replaced = 0;

  private constructor(field: Field) {
    this.#field = field;
  }

  static async open(field: Field, size: number): Promise<Fleet> {
    const fleet = new Fleet(field);
    for (let n = 0; n < size; n++) {
      const who = `w${n}`;
      const port = await freePort();
      fleet.#places.push({ who, port, host: field.host(who, { port, engine: ENGINE }) });
    }
    for (const { host } of fleet.#places) await host.ready();
    return fleet;
  }

  get names(): readonly string[] {
    return this.#places.map(({ who }) => who);
  }

  get ports(): readonly number[] {
    return this.#places.map(({ port }) => port);
  }

  /** One of them, as chance wills. */
  any(random: Random): HostProcess {
    return this.#at(random.int(this.#places.length)).host;
  }

  /** SIGKILL, and another process in its place. */
  async replaceOne(random: Random): Promise<void> {
    const place = this.#at(random.int(this.#places.length));
    await place.host.kill();
    this.#replaced += 1;
    place.host = this.#field.host(place.who, { port: place.port, engine: ENGINE });
    await place.host.ready();
  }

  get replaced(): number {
    return this.#replaced;
  }

  /** No worker may die of what happens to the store. */
  checkAlive(): void {
    for (const { who, host } of this.#places) assert.ok(host.isRunning, `${who} ended by itself:\n${host.complaints()}`);
  }

  complaints(): string {
    return this.#places.map(({ who, host }) => `${who}:\n${host.complaints()}`).join("\n");
  }

  async kill(): Promise<void> {
    for (const { host } of this.#places) if (host.isRunning) await host.kill();
  }

  #at(index: number): Place {
    const place = this.#places[index];
    assert.ok(place !== undefined);
    return place;
  }
}
