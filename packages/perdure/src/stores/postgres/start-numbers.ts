/** Numbers for the starts of pure clients, from blocks of their own. What a process does not use is lost, which costs nothing. */
export class StartNumbers {
  readonly #reserve: (count: number) => Promise<number>;
  #next = 0;
  #end = 0;
  #block: Promise<void> | null = null;

  constructor(reserve: (count: number) => Promise<number>) {
    this.#reserve = reserve;
  }

  async take(): Promise<number> {
    while (this.#next === this.#end) {
      this.#block ??= this.#refill().finally(() => {
        this.#block = null;
      });
      await this.#block;
    }
    const no = this.#next;
    this.#next += 1;
    return no;
  }

  async #refill(): Promise<void> {
    const first = await this.#reserve(BLOCK);
    this.#next = first;
    this.#end = first + BLOCK;
  }
}

const BLOCK = 100;
