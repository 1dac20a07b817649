import type { ErrorArgs, ErrorCode, ErrorKind } from "./catalogue.ts";
import { CATALOGUE } from "./catalogue.ts";

/**
 * Every error that Perdure itself raises. `kind` says who must act, `code` which case it is (docs/errors.md has one section for each),
 * `httpStatus` what the management API answers.
 */
export class PerdureError extends Error {
  override readonly name: string = "PerdureError";
  readonly code: ErrorCode;
  readonly kind: ErrorKind;
  readonly httpStatus: number;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.kind = CATALOGUE[code].kind;
    this.httpStatus = CATALOGUE[code].http;
  }
}

/** `fault("INSTANCE_NOT_FOUND", id)`: the catalogue's text with the offending values in it. */
export function fault<Code extends ErrorCode>(code: Code, ...args: ErrorArgs<Code>): PerdureError {
  return new PerdureError(code, messageOf(code, ...args));
}

/** As {@link fault}, with the error that led to it. */
export function faultFrom<Code extends ErrorCode>(cause: unknown, code: Code, ...args: ErrorArgs<Code>): PerdureError {
  return new PerdureError(code, messageOf(code, ...args), { cause });
}

export function messageOf<Code extends ErrorCode>(code: Code, ...args: ErrorArgs<Code>): string {
  // The catalogue has more entries than the compiler compares one by one.
  const text = CATALOGUE[code].text as (...values: ErrorArgs<Code>) => string;
  return text(...args);
}
