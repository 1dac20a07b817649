/** Every answer that is not 2xx. `code` is one of the catalogue (docs/errors.md). */
export interface WireError {
  readonly code: string;
  readonly message: string;
  /** What to do, where that is more than the message says. */
  readonly hint: string | null;
}
