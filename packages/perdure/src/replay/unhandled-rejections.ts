import { orchestrationScope } from "./orchestration-scope.ts";

/**
 * A branch of an orchestrator that rejects and is not awaited is a warning on that instance, never the end of the process: a later await may
 * still catch it, and live and replay raise it at different moments. A program's own rejections keep what Node does without a listener.
 *
 * Node runs the handler in the async context of the branch, so the instance is known.
 */
export function watchRejections(): () => void {
  const onRejection = (reason: unknown): void => {
    const scope = orchestrationScope.getStore();
    if (scope !== undefined) {
      orchestrationScope.run(undefined, () => scope.branchRejected(reason));
      return;
    }
    // The program has a handler of its own, or asked Node for another mode.
    if (process.listenerCount("unhandledRejection") > 1 || modeGiven()) return;
    throw asUncaught(reason);
  };
  process.on("unhandledRejection", onRejection);
  return () => {
    process.off("unhandledRejection", onRejection);
  };
}

const modeGiven = (): boolean => process.execArgv.some((flag) => flag.startsWith("--unhandled-rejections"));

/** What Node raises for a rejection that nobody handles: the error itself, or one that shows what was thrown instead. */
function asUncaught(reason: unknown): unknown {
  if (reason instanceof Error) return reason;
  const text = `This error originated either by throwing inside of an async function without a catch block, or by rejecting a promise which was not handled with .catch(). The promise rejected with the reason "${String(reason)}".`;
  return Object.assign(new Error(text), { code: "ERR_UNHANDLED_REJECTION" });
}
