import type { ErrorCode } from "../errors/catalogue.ts";
import { fault, PerdureError } from "../errors/perdure-error.ts";
import type { EngineLog, LogEntry } from "../telemetry/engine-log.ts";
import { readFields, valueText } from "../telemetry/value-text.ts";
import type { FunctionMatch } from "./function-routes.ts";
import type { HttpFunctionLog } from "./http-function.ts";
import type { HttpManagementOptions } from "./http-management.ts";
import { answerUnder } from "./http-management.ts";
import { limitBody } from "./request-body.ts";
import { emptyResponse, messageResponse } from "./responses.ts";

/** Failures that the function's caller can understand without knowing the function. */
const PASSED_ON: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["BODY_TOO_LARGE", "PAYLOAD_TOO_LARGE", "HUB_CLOSED", "STORE_UNAVAILABLE"]);

export interface FunctionSurroundings<Client> extends HttpManagementOptions {
  readonly functionClient: Client;
  readonly maxBodyBytes: number;
  readonly log: EngineLog;
  readonly functionLog: EngineLog;
}

/** Runs a client function. Whatever it throws is in the log; the caller learns only that it failed. */
export async function runFunction<Client>(
  match: FunctionMatch<Client>,
  request: Request,
  around: FunctionSurroundings<Client>,
  mountPath: string,
): Promise<Response> {
  const { definition, params } = match;
  const log = functionLogger(around.functionLog, definition.name);
  try {
    const limited = limitBody(request, around.maxBodyBytes);
    answerUnder(limited, { ...around, basePath: mountPath + around.basePath });
    const response: unknown = await definition.handler(limited, { client: around.functionClient, params, log });
    if (response === undefined) return emptyResponse(204);
    if (response instanceof Response) return response;
    throw new TypeError(`The handler returned ${typeof response}, not a Response.`);
  } catch (error) {
    if (error instanceof PerdureError && PASSED_ON.has(error.code)) return messageResponse(error.httpStatus, error.message);
    const failure = fault("HTTP_FUNCTION_FAILED", definition.name);
    around.log.write({
      level: "error",
      event: "http.functionFailed",
      message: `The HTTP function "${definition.name}" failed.`,
      fields: { function: definition.name, error },
    });
    return messageResponse(failure.httpStatus, failure.message);
  }
}

function functionLogger(log: EngineLog, name: string): HttpFunctionLog {
  const write = (level: LogEntry["level"]) => (message: string, fields?: { readonly [key: string]: unknown }) => {
    if (!log.enabled(level)) return;
    log.write({ level, event: "http.function", message: valueText(message), fields: { function: name, ...readFields(fields) } });
  };
  return { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
}
