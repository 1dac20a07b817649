import { fault } from "../../errors/perdure-error.ts";
import type { Failure } from "../../model/failure.ts";
import type { HttpAnswer, HttpRequest } from "../../model/http-call.ts";
import { HTTP_ACTIVITY, headerOf, statusRequest } from "../../model/http-call.ts";
import type { EventId } from "../../model/ids.ts";
import type { Payload } from "../../model/payload.ts";
import { timeAfter } from "../../model/time.ts";
import { RealDate } from "../../process/real-globals.ts";
import { ActivityFault, CallFault } from "../failures/faults.ts";
import type { CallRetry } from "../functions/call-retry.ts";
import { ActivityTask } from "./call-task.ts";
import type { Fault, TaskListener } from "./durable-task.ts";
import { TaskCore } from "./durable-task.ts";
import type { EpisodePort } from "./episode-port.ts";
import type { Effect, Settleable, SettlingEvent } from "./settleable.ts";

/** A call of `ctx.callHttp`, its options parsed. */
export interface HttpCall {
  readonly request: HttpRequest;
  readonly retry: CallRetry | null;
  readonly timeoutMs: number | null;
  readonly polls: boolean;
  readonly pollEveryMs: number;
}

/** Between two questions after accepted work there is at most this, unless the server or the author says more. Each costs four events. */
const LONGEST_PAUSE_MS = 60_000;
/** A server that answers "Retry-After: 0" for an hour would fill the history. */
const SHORTEST_PAUSE_MS = 1_000;
const ACCEPTED = 202;

/**
 * `ctx.callHttp`: one task for user code. Behind it stands one activity for each request: the first, and one by GET for each look at the status of work that
 * the server has accepted (202 with a Location), each after a durable timer. All is decided from recorded answers.
 */
export class HttpTask extends TaskCore<HttpAnswer> implements Settleable, TaskListener {
  readonly #port: EpisodePort;
  readonly #call: HttpCall;
  #request: HttpRequest;
  #pauseMs: number;

  /** Throws at the author's line what cannot be written as a payload. */
  static begun(port: EpisodePort, call: HttpCall): HttpTask {
    const task = new HttpTask(port, call);
    task.#send(call.request);
    return task;
  }

  private constructor(port: EpisodePort, call: HttpCall) {
    super();
    this.#port = port;
    this.#call = call;
    this.#request = call.request;
    this.#pauseMs = call.pollEveryMs;
  }

  override get label(): string {
    return `HTTP call ${this.#call.request.method} ${this.#call.request.url}`;
  }

  childSettled(sent: TaskCore<unknown>): void {
    if (sent.fault !== null) {
      this.fail(sent.fault);
      return;
    }
    const answer = sent.result as HttpAnswer; // what the activity of this release and earlier ones gives
    const next = this.#call.polls && answer.status === ACCEPTED ? statusRequest(this.#request, answer) : null;
    if (next === null) this.settle(answer);
    else if (this.#port.hasBudget(2)) this.#waitFor(next, answer);
    else this.fail(new CallFault(() => fault("CALL_INVALID", "ctx.callHttp", "the execution has no actions left to poll with")));
  }

  /** The pause is over. */
  apply(event: SettlingEvent): Effect {
    if (event.kind !== "TimerFired") return "ignored";
    try {
      this.#send(this.#request);
    } catch (error) {
      this.fail(new CallFault(() => error));
      return "settled";
    }
    return "continues";
  }

  #waitFor(next: HttpRequest, answer: HttpAnswer): void {
    const port = this.#port;
    const said = retryAfterMs(answer, port.clock);
    const pause = said === null ? this.#pauseMs : Math.max(SHORTEST_PAUSE_MS, said);
    if (said === null) this.#pauseMs = Math.max(this.#pauseMs, Math.min(2 * this.#pauseMs, LONGEST_PAUSE_MS));
    this.#request = next;
    const id = port.takeId();
    port.ask({ kind: "createTimer", id, fireAt: timeAfter(port.clock, pause) });
    port.expect(id, this);
  }

  #send(request: HttpRequest): void {
    const { retry, timeoutMs } = this.#call;
    const label = `${request.method} ${request.url}`;
    const input = this.#port.encoder.encode(request, `request of ctx.callHttp (${label})`);
    const sent = new RequestTask(this.#port, input, timeoutMs, label);
    sent.begin(retry);
    sent.listen(this);
  }
}

/** One request with its retries. */
class RequestTask extends ActivityTask {
  readonly #request: string;

  constructor(port: EpisodePort, input: Payload | null, timeoutMs: number | null, request: string) {
    super(port, HTTP_ACTIVITY, input, { timeoutMs, slot: null });
    this.#request = request;
  }

  /** A timeout does not know which request it was. */
  protected override faultOf(attemptId: EventId, failure: Failure): Fault {
    const { message } = failure;
    return new ActivityFault(
      attemptId,
      HTTP_ACTIVITY,
      message.includes(this.#request) ? failure : { ...failure, message: `${this.#request}: ${message}` },
    );
  }
}

/** From `Retry-After`, as seconds or as a date; null when it says nothing. */
function retryAfterMs(answer: HttpAnswer, now: number): number | null {
  const text = headerOf(answer, "retry-after")?.trim() ?? "";
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  const date = text === "" ? Number.NaN : RealDate.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
