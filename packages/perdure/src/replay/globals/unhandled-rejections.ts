import { currentActivity, currentOrchestration, outsideOrchestration } from "../../process/code-scope.ts";
import { endByDefect, isDefect } from "../../process/defects.ts";
import { isError, valueText } from "../../telemetry/value-text.ts";
import { rejectionMode } from "./node-options.ts";

const ENDINGS = { uncaughtException: "exception", unhandledRejection: "rejection" } as const;

/**
 * A branch of an orchestrator that rejects and is not awaited is a warning on that instance, never the end of the process: a later await may
 * still catch it, and live and replay raise it at different moments. One of the engine's own ends the process, whatever else listens. Everything else
 * keeps what Node does without this listener; what an activity left behind is named before.
 *
 * Node runs the handlers in the async context of the branch or the callback, so instance and activity are known.
 */
export function watchUnhandled(): () => void {
  const mode = rejectionMode();
  const onRejection = (reason: unknown): void => {
    const orchestration = currentOrchestration();
    if (orchestration !== undefined) {
      outsideOrchestration(() => orchestration.branchRejected(reason));
      return;
    }
    if (isDefect(reason)) {
      endByDefect(reason);
      return;
    }
    if (mode !== "strict") currentActivity()?.uncaught("rejection", reason);
    if (process.listenerCount("unhandledRejection") === 1) likeNode(mode, reason);
  };
  // Told of rejections too: in the mode "strict" nothing else reports them.
  const onException = (error: unknown, origin: NodeJS.UncaughtExceptionOrigin): void => {
    if (mode === "strict" || origin === "uncaughtException") currentActivity()?.uncaught(ENDINGS[origin], error);
  };
  process.on("unhandledRejection", onRejection);
  process.on("uncaughtExceptionMonitor", onException);
  return () => {
    process.off("unhandledRejection", onRejection);
    process.off("uncaughtExceptionMonitor", onException);
  };
}

/** What Node does where there is no listener. In the modes that are not named here it has done so already, with or without a listener. */
function likeNode(mode: string, reason: unknown): void {
  const error = asUncaught(reason);
  if (mode === "warn-with-error-code") {
    process.emitWarning(isError(error) ? error.message : valueText(error), "UnhandledPromiseRejectionWarning");
    process.exitCode = 1;
  }
  if (mode !== "throw") return;
  // An exception thrown from here would reach them too, but as one of another origin.
  if (process.listenerCount("uncaughtException") > 0 && !process.hasUncaughtExceptionCaptureCallback()) {
    process.emit("uncaughtExceptionMonitor", error as Error, "unhandledRejection");
    process.emit("uncaughtException", error as Error, "unhandledRejection");
    return;
  }
  throw error;
}

/** The error itself, or one that shows what was thrown instead. */
function asUncaught(reason: unknown): unknown {
  if (isError(reason)) return reason;
  const text = `This error originated either by throwing inside of an async function without a catch block, or by rejecting a promise which was not handled with .catch(). The promise rejected with the reason "${valueText(reason)}".`;
  return Object.assign(new Error(text), { code: "ERR_UNHANDLED_REJECTION" });
}
