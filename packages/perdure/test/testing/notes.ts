/** What user code did, by instance: activities have no other way to tell a test. */
export class Notes {
  readonly #byId = new Map<string, unknown[]>();

  add(id: string, what: unknown): void {
    const notes = this.#byId.get(id);
    if (notes === undefined) this.#byId.set(id, [what]);
    else notes.push(what);
  }

  of(id: string): readonly unknown[] {
    return this.#byId.get(id) ?? [];
  }
}
