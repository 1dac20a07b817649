import type { ErrorArgs, ErrorCode } from "../errors/catalogue.ts";
import { messageOf } from "../errors/perdure-error.ts";

type HttpCode = Extract<ErrorCode, `HTTP_CALL_${string}`>;

/** Why an attempt of `ctx.callHttp` has no result: its fields are those of the failure that the orchestrator sees. */
export class HttpCallError extends Error {
  override readonly name = "HttpCallError";
  readonly code: HttpCode;
  /** Another attempt would change nothing. */
  readonly isNonRetriable: boolean;
  /** Of the answer, where there was one. */
  readonly statusCode?: number;
  /** The beginning of its body. */
  readonly body?: string;

  constructor(code: HttpCode, message: string, details: { readonly statusCode?: number; readonly body?: string } = {}) {
    super(message);
    this.code = code;
    this.isNonRetriable = FINAL.has(code);
    Object.assign(this, details);
  }
}

const FINAL: ReadonlySet<HttpCode> = new Set(["HTTP_CALL_REFUSED", "HTTP_CALL_UNKNOWN_NAME", "HTTP_CALL_TOO_LARGE", "HTTP_CALL_REDIRECTS"]);

export const httpFault = <Code extends HttpCode>(code: Code, ...args: ErrorArgs<Code>): HttpCallError =>
  new HttpCallError(code, messageOf(code, ...args));
