// Run as a process of its own: `load.ts ORIGIN FOLDER SEED`. Talks HTTP to a host that is killed all the time, and writes down every 202.
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Random } from "../../src/testing/random.ts";
import { Ledger } from "../testing/child-app.ts";

const [origin = "", folder = "", seed = "1"] = process.argv.slice(2);
const BASE = `${origin}/runtime/webhooks/durabletask`;
const LANES = 4;
const accepted = new Ledger(join(folder, "accepted.ledger"));
let stopping = false;
process.on("SIGTERM", () => {
  stopping = true;
});

/** True when it was accepted, false when it was refused in words, null when nobody answered. */
async function post(path: string, body: unknown, line: string): Promise<boolean | null> {
  try {
    const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    const response = await fetch(`${BASE}/${path}`, init);
    await response.arrayBuffer();
    if (response.status === 202) accepted.add(line);
    return response.status === 202 ? true : response.status < 500 ? false : null;
  } catch {
    return null; // killed before, while or after it did it
  }
}

/** Asks until somebody says yes or no. */
async function insist(path: string, body: unknown, line: string): Promise<boolean> {
  for (;;) {
    const answer = await post(path, body, line);
    if (answer !== null) return answer;
    await sleep(15);
  }
}

async function lane(name: string, random: Random): Promise<void> {
  for (let n = 0; !stopping; n++) {
    const id = `${name}-${n}`;
    const kind = random.int(4);
    if (kind === 0) await post(`orchestrators/records/${id}`, 1 + random.int(6), `start ${id}`);
    if (kind === 1) await post(`orchestrators/parent/${id}`, 1 + random.int(4), `start ${id}`);
    if (kind === 2) await relay(id, 1 + random.int(4));
    if (kind === 3) {
      await insist(`orchestrators/sleeps/${id}`, null, `start ${id}`);
      await insist(`instances/${id}/terminate?reason=enough`, null, `terminate ${id}`);
    }
    await sleep(random.int(10));
  }
}

async function relay(id: string, count: number): Promise<void> {
  await insist(`orchestrators/relays/${id}`, count, `start ${id}`); // refused when a start without an answer had been done: there it is
  for (let n = 1; n <= count; n++) await insist(`instances/${id}/raiseEvent/Number`, n, `event ${id} ${n}`);
}

const random = new Random(Number(seed));
await Promise.all(Array.from({ length: LANES }, (_, lanes) => lane(`k${lanes}`, new Random(random.int(1_000_000)))));
