import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

const PAUSE_MS = 20;

/** On a machine that is busy with other things one answer in a hundred may be late, but none as late as one that waits for the thread. */
const BUSY = { medianMs: 100, longestMs: 2_900 };

/** Asks a host again and again how it is, and notes how long each answer takes. */
export class ApiProbe {
  readonly #url: string;
  readonly #tookMs: number[] = [];
  readonly #loop: Promise<void>;
  #isOver = false;

  constructor(url: string) {
    this.#url = url;
    this.#loop = this.#ask();
    this.#loop.catch(() => {}); // check() tells
  }

  async check(t: TestContext): Promise<void> {
    this.#isOver = true;
    await this.#loop;
    const took = this.#tookMs.toSorted((a, b) => a - b);
    const at = (part: number) => Math.round(took[Math.floor(part * (took.length - 1))] ?? Number.NaN);
    const figures = { requests: took.length, medianMs: at(0.5), p99Ms: at(0.99), longestMs: at(1) };
    t.diagnostic(`the API meanwhile: ${JSON.stringify(figures)}`);
    assert.ok(figures.medianMs <= BUSY.medianMs && figures.longestMs <= BUSY.longestMs, JSON.stringify(figures));
  }

  async #ask(): Promise<void> {
    while (!this.#isOver) {
      const asked = performance.now();
      const response = await fetch(this.#url);
      await response.arrayBuffer();
      assert.ok(response.ok, `${response.status}`);
      this.#tookMs.push(performance.now() - asked);
      await sleep(PAUSE_MS);
    }
  }
}
