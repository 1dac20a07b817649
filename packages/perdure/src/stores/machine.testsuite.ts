import type { Clocks } from "./steady-time.ts";

export const NOON = Date.UTC(2026, 10, 28, 12);
export const HOUR = 3_600_000;

/** A machine whose clocks are moved by hand. */
export class Machine implements Clocks {
  #wall = NOON;
  #monotonic = 5_000;
  #uptime = 700_000;
  hasUptime = true;
  readonly wall = () => Math.trunc(this.#wall);
  readonly monotonic = () => this.#monotonic;
  readonly uptime = () => (this.hasUptime ? Math.floor(this.#uptime / 10) * 10 : null);

  /** What time it really is. */
  truth = NOON;

  run(ms: number): void {
    this.#monotonic += ms;
    this.sleep(ms);
  }

  sleep(ms: number): void {
    this.truth += ms;
    this.#wall += ms;
    this.#uptime += ms;
  }

  setClock(byMs: number): void {
    this.#wall += byMs;
  }
}
