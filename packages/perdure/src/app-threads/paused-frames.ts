import type { Session } from "node:inspector";
import { runAfter } from "../process/timers.ts";

/** A call that a thread is in. */
export interface PausedFrame {
  readonly functionName: string;
  readonly url: string;
  readonly line: number;
}

/**
 * The calls that a thread is in, the innermost first: it is paused for a moment, which an endless loop is too. A profile does not know the code of a loop that was
 * compiled while it ran, and takes its caller for it. Null: it is in a blocking call, or there is no inspector.
 */
export async function pausedFrames(threadId: number, limitMs: number): Promise<readonly PausedFrame[] | null> {
  const { Session, url } = await import("node:inspector");
  if (url() !== undefined) return null; // its debugger would be paused too
  const session = new Session();
  session.connect();
  const thread = new PausedThread(session, threadId);
  try {
    return await new Promise((resolve, reject) => {
      runAfter(limitMs, () => resolve(null), false);
      thread.onFrames = resolve;
      session.post("NodeWorker.enable", { waitForDebuggerOnStart: false }, (error) => {
        if (error !== null) reject(error);
      });
    });
  } finally {
    await thread.leave();
    session.disconnect();
  }
}

interface Paused {
  readonly callFrames: readonly {
    readonly functionName: string;
    readonly location: { readonly scriptId: string; readonly lineNumber: number };
  }[];
}

class PausedThread {
  onFrames: (frames: readonly PausedFrame[]) => void = () => {};
  readonly #session: Session;
  readonly #urls = new Map<string, string>();
  #sessionId: string | null = null;
  #messages = 0;

  constructor(session: Session, threadId: number) {
    this.#session = session;
    session.on("NodeWorker.attachedToWorker", ({ params: { sessionId, workerInfo } }) => {
      if (!workerInfo.title.startsWith(`[worker ${threadId}]`)) return;
      this.#sessionId = sessionId;
      this.#tell("Debugger.enable");
      this.#tell("Debugger.pause");
    });
    session.on("NodeWorker.receivedMessageFromWorker", ({ params }) => {
      if (params.sessionId === this.#sessionId) this.#receive(JSON.parse(params.message));
    });
  }

  /** The end of a session lets a paused thread stand still for ever: it is told to continue before. One that is in a blocking call hears all of it together, and pauses never. */
  leave(): Promise<void> {
    const sessionId = this.#sessionId;
    if (sessionId === null) return Promise.resolve();
    this.#tell("Debugger.disable");
    return new Promise((resolve) => this.#session.post("NodeWorker.detach", { sessionId }, () => resolve()));
  }

  #receive({ method, params }: { readonly method?: string; readonly params: unknown }): void {
    if (method === "Debugger.scriptParsed") {
      const { scriptId, url } = params as { readonly scriptId: string; readonly url: string };
      this.#urls.set(scriptId, url);
    } else if (method === "Debugger.paused") {
      this.#tell("Debugger.disable");
      const { callFrames } = params as Paused;
      this.onFrames(
        callFrames.map(({ functionName, location }) => ({
          ...{ functionName, url: this.#urls.get(location.scriptId) ?? "", line: location.lineNumber + 1 },
        })),
      );
    }
  }

  #tell(method: string): void {
    const message = JSON.stringify({ id: ++this.#messages, method });
    if (this.#sessionId !== null) this.#session.post("NodeWorker.sendMessageToWorker", { sessionId: this.#sessionId, message });
  }
}
