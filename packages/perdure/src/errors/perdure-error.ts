import type { ErrorArgs, ErrorCode } from "./catalogue.ts";
import { CATALOGUE } from "./catalogue.ts";
import type { ErrorKind } from "./entry.ts";

/**
 * Every error that Perdure itself raises. `kind` says who must act, `code` which case it is (docs/errors.md has one section for each),
 * `httpStatus` what the management API answers. Servers look for that status under names of their own: `status` (Express, Koa), `statusCode`
 * (Fastify), and Hono takes a whole answer.
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

  get status(): number {
    return this.httpStatus;
  }

  get statusCode(): number {
    return this.httpStatus;
  }

  /** What callers of a server may read: of an error that is not theirs, not even its text. */
  getResponse(): Response {
    return new Response(this.httpStatus < 500 ? this.message : "Internal Server Error", { status: this.httpStatus });
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
