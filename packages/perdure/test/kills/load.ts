// Run as a process of its own: `load.ts ORIGIN[,ORIGIN…] FOLDER SEED PAUSE_MS`. Talks HTTP to hosts that are killed all the time, and writes down every 202.
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Random } from "../../src/testing/random.ts";
import { Ledger } from "../testing/child-app.ts";

const [list = "", folder = "", seed = "1", pauseMs = "10"] = process.argv.slice(2);
const origins = list.split(",");
const LANES_PER_ORIGIN = 4;
const accepted = new Ledger(join(folder, "accepted.ledger"));
let stopping = false;
process.on("SIGTERM", () => {
  stopping = true;
});

/** What one caller does, one thing after the other, mostly by way of one host. */
class Lane {
  readonly #name: string;
  readonly #home: string;
  readonly #random: Random;

  constructor(name: string, home: string, random: Random) {
    this.#name = name;
    this.#home = home;
    this.#random = random;
  }

  async run(): Promise<void> {
    for (let n = 0; !stopping; n++) {
      await this.#one(`${this.#name}-${n}`);
      await sleep(this.#random.int(Number(pauseMs)));
    }
  }

  async #one(id: string): Promise<void> {
    const kind = this.#random.int(4);
    if (kind === 0) await this.#post(this.#home, `orchestrators/records/${id}`, 1 + this.#random.int(6), `start ${id}`);
    if (kind === 1) await this.#post(this.#home, `orchestrators/parent/${id}`, 1 + this.#random.int(4), `start ${id}`);
    if (kind === 2) await this.#relay(id, 1 + this.#random.int(4));
    if (kind === 3) {
      await this.#insist(`orchestrators/sleeps/${id}`, null, `start ${id}`);
      await this.#insist(`instances/${id}/terminate?reason=enough`, null, `terminate ${id}`);
    }
  }

  async #relay(id: string, count: number): Promise<void> {
    await this.#insist(`orchestrators/relays/${id}`, count, `start ${id}`); // refused when a start without an answer had been done: there it is
    for (let n = 1; n <= count; n++) await this.#insist(`instances/${id}/raiseEvent/Number`, n, `event ${id} ${n}`);
  }

  /** Asks, one host or another, until one says yes or no. */
  async #insist(path: string, body: unknown, line: string): Promise<boolean> {
    for (let origin = this.#home; ; origin = origins[this.#random.int(origins.length)] ?? origin) {
      const answer = await this.#post(origin, path, body, line);
      if (answer !== null) return answer;
      await sleep(15);
    }
  }

  /**
   * True when it was accepted, false when it was refused in words, null when no host answered. There is no limit of time: a frozen host does
   * what it was asked for as soon as it thaws, and a start that comes so late would begin again what has ended meanwhile.
   */
  async #post(origin: string, path: string, body: unknown, line: string): Promise<boolean | null> {
    try {
      const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
      const response = await fetch(`${origin}/runtime/webhooks/durabletask/${path}`, init);
      await response.arrayBuffer();
      if (response.status === 202) accepted.add(line);
      return response.status === 202 ? true : response.status < 500 ? false : null;
    } catch {
      return null; // killed before, while or after it did it
    }
  }
}

const random = new Random(Number(seed));
const homes = Array.from({ length: LANES_PER_ORIGIN }, () => origins).flat();
await Promise.all(homes.map((home, n) => new Lane(`k${n}`, home, new Random(random.int(1_000_000))).run()));
