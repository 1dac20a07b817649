/** What one process tells the others: something is ready to be claimed, or these workers have mail. */
export interface Hint {
  readonly ready: boolean;
  readonly owners: readonly number[];
}

/** Wake-ups between processes. A hint, never a promise: whoever misses one looks for himself within a second. */
export interface Hints {
  /** Soon, merged with others, never in the way of the caller. Failures are nobody's business. */
  send(hint: Hint): void;
  /** Whether somebody in this process wants to hear. */
  watch(on: boolean): void;
  /** Workers that joined through this store: mail for others is not announced. */
  joined(worker: number): void;
  left(worker: number): void;
  close(): Promise<void>;
}
