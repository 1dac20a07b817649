import type { ErrorCode } from "../errors/catalogue.ts";
import { fault, PerdureError } from "../errors/perdure-error.ts";
import type { EngineLog } from "../telemetry/engine-log.ts";
import { functionLoggerTo } from "../telemetry/function-logger.ts";
import { isError } from "../telemetry/value-text.ts";
import type { FunctionMatch } from "./function-routes.ts";
import { guardResponse } from "./guarded-response.ts";
import type { HttpManagementOptions } from "./http-management.ts";
import { answerUnder } from "./http-management.ts";
import type { BodyLimits } from "./request-body.ts";
import { RequestBody } from "./request-body.ts";
import { emptyResponse, logStoreFault, messageResponse, speakingResponse } from "./responses.ts";

/** Failures that the function's caller can understand without knowing the function. */
const PASSED_ON: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "BODY_TOO_LARGE",
  "BODY_TIMEOUT",
  "BODIES_HELD",
  "PAYLOAD_TOO_LARGE",
  "PAYLOAD_TOO_DEEP",
  "HUB_CLOSED",
  "STORE_UNAVAILABLE",
]);

export interface FunctionSurroundings<Client> extends HttpManagementOptions {
  readonly functionClient: Client;
  readonly bodies: BodyLimits;
  readonly log: EngineLog;
  readonly functionLog: EngineLog;
}

/** Runs a client function. Whatever it throws, at once or later in the body of its response, is in the log; the caller learns only that it failed. */
export async function runFunction<Client>(
  match: FunctionMatch<Client>,
  request: Request,
  around: FunctionSurroundings<Client>,
): Promise<Response> {
  const { definition, params } = match;
  const log = functionLoggerTo(around.functionLog, { http: definition.name });
  const body = new RequestBody(request, around.bodies);
  const failed = (error: unknown) => logFailure(around.log, definition.name, error);
  try {
    const limited = body.limited(definition.passesBodyOn === true);
    answerUnder(limited, around);
    const response: unknown = await definition.handler(limited, { client: around.functionClient, params, log });
    if (response === undefined) return emptyResponse(204);
    if (response instanceof Response) return await guardResponse(response, failed);
    throw new TypeError(`The handler returned ${typeof response}, not a Response.`);
  } catch (error) {
    if (isError(error) && error instanceof PerdureError && PASSED_ON.has(error.code)) {
      logStoreFault(error, around.log);
      const speaking = speakingResponse(error);
      if (speaking !== null) return speaking;
    }
    failed(error);
    const failure = fault("HTTP_FUNCTION_FAILED", definition.name);
    return messageResponse(failure.httpStatus, failure.message);
  } finally {
    body.letGo();
  }
}

function logFailure(log: EngineLog, name: string, error: unknown): void {
  log.write({
    level: "error",
    event: "http.functionFailed",
    message: `The HTTP function "${name}" failed.`,
    fields: { function: name, error },
  });
}
