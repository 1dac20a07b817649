/** Thins out repeated log lines: the first, second, fourth, eighth … time is due. */
export class Repeated {
  #what: string | null = null;
  #times = 0;

  isDue(what: string): boolean {
    this.#times = what === this.#what ? this.#times + 1 : 1;
    this.#what = what;
    return Number.isInteger(Math.log2(this.#times));
  }

  /** It is over. */
  end(): void {
    this.#what = null;
  }
}
