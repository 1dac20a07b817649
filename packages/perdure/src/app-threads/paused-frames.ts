import type { Session } from "node:inspector";
import { runAfter } from "../process/timers.ts";

/** A call that a thread is in. */
export interface PausedFrame {
  readonly functionName: string;
  readonly url: string;
  readonly line: number;
}

/** What computes is paused within milliseconds, on a machine that is busy later. What is in a blocking call is not. */
const PAUSE_MS = 1_500;

/**
 * The calls that a thread is in, the innermost first: it is paused for a moment, which an endless loop is too. A profile does not know the code of a loop that was
 * compiled while it ran, and takes its caller for it. Null: it is in a blocking call, or there is no inspector.
 */
export async function pausedFrames(threadId: number, limitMs = PAUSE_MS): Promise<readonly PausedFrame[] | null> {
  const { Session, url } = await import("node:inspector");
  if (url() !== undefined) return null; // its debugger would be paused too
  const session = new Session();
  session.connect();
  const thread = new PausedThread(session, threadId);
  try {
    return await new Promise((resolve, reject) => {
      runAfter(limitMs, () => resolve(null), false);
      thread.pause.onFrames = resolve;
      session.post("NodeWorker.enable", { waitForDebuggerOnStart: false }, (error) => {
        if (error !== null) reject(error);
      });
    });
  } finally {
    await thread.leave();
    session.disconnect();
  }
}

/** The same of the main thread, asked by another thread of its process. */
export async function pausedMainFrames(limitMs = PAUSE_MS): Promise<readonly PausedFrame[] | null> {
  const { Session, url } = await import("node:inspector");
  if (url() !== undefined) return null;
  const session = new Session();
  session.connectToMainThread();
  const pause = new Pause((method) => session.post(method));
  session.on("inspectorNotification", (message) => pause.receive(message));
  try {
    return await new Promise((resolve) => {
      runAfter(limitMs, () => resolve(null), false);
      pause.onFrames = resolve;
      pause.begin();
    });
  } finally {
    pause.end();
    session.disconnect();
  }
}

interface Paused {
  readonly callFrames: readonly {
    readonly functionName: string;
    readonly location: { readonly scriptId: string; readonly lineNumber: number };
  }[];
}

interface Notification {
  readonly method?: string;
  readonly params?: unknown;
}

/** What a debugger is told, and says, to pause code once. */
class Pause {
  onFrames: (frames: readonly PausedFrame[]) => void = () => {};
  readonly #tell: (method: string) => void;
  readonly #urls = new Map<string, string>();

  constructor(tell: (method: string) => void) {
    this.#tell = tell;
  }

  begin(): void {
    this.#tell("Debugger.enable");
    this.#tell("Debugger.pause");
  }

  /** The end of a session lets paused code stand still for ever: it is told to continue before. What is in a blocking call hears all of it together, and pauses never. */
  end(): void {
    this.#tell("Debugger.disable");
  }

  receive({ method, params }: Notification): void {
    if (method === "Debugger.scriptParsed") {
      const { scriptId, url } = params as { readonly scriptId: string; readonly url: string };
      this.#urls.set(scriptId, url);
    } else if (method === "Debugger.paused") {
      this.end();
      const { callFrames } = params as Paused;
      this.onFrames(
        callFrames.map(({ functionName, location }) => ({
          ...{ functionName, url: this.#urls.get(location.scriptId) ?? "", line: location.lineNumber + 1 },
        })),
      );
    }
  }
}

class PausedThread {
  readonly pause = new Pause((method) => this.#tell(method));
  readonly #session: Session;
  #sessionId: string | null = null;
  #messages = 0;

  constructor(session: Session, threadId: number) {
    this.#session = session;
    session.on("NodeWorker.attachedToWorker", ({ params: { sessionId, workerInfo } }) => {
      if (!workerInfo.title.startsWith(`[worker ${threadId}]`)) return;
      this.#sessionId = sessionId;
      this.pause.begin();
    });
    session.on("NodeWorker.receivedMessageFromWorker", ({ params }) => {
      if (params.sessionId === this.#sessionId) this.pause.receive(JSON.parse(params.message));
    });
  }

  leave(): Promise<void> {
    const sessionId = this.#sessionId;
    if (sessionId === null) return Promise.resolve();
    this.pause.end();
    return new Promise((resolve) => this.#session.post("NodeWorker.detach", { sessionId }, () => resolve()));
  }

  #tell(method: string): void {
    const message = JSON.stringify({ id: ++this.#messages, method });
    if (this.#sessionId !== null) this.#session.post("NodeWorker.sendMessageToWorker", { sessionId: this.#sessionId, message });
  }
}
