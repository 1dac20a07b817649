import type { OperationName, ParamsOf, ResultOf } from "./write/operations.ts";

/** The writer as the store sees it, wherever it runs. Calls are done in the order in which they were made. */
export interface WriterPort {
  call<Name extends OperationName>(name: Name, params: ParamsOf<Name>): Promise<ResultOf<Name>>;
  /** Whether there are listeners for other processes' changes. */
  watch(on: boolean): void;
  /** Settings of the writing connection, as it reports them. */
  pragmas(): Promise<Pragmas>;
  close(): Promise<void>;
}

export interface Pragmas {
  readonly journalMode: string;
  readonly synchronous: number;
  readonly pageSize: number;
  readonly walAutocheckpoint: number;
}
