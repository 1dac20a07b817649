/** Whether the next batches take one episode each: the store refuses data, and the instance with that data is looked for, or it has room for little. */
export class OneByOne {
  #batches = 0;

  get isOn(): boolean {
    return this.#batches > 0;
  }

  /** For so many batches at least. */
  goFor(batches: number): void {
    this.#batches = Math.max(this.#batches, batches);
  }

  onDurable(): void {
    if (this.#batches > 0) this.#batches -= 1;
  }
}
