import type { EntityBatchRequest } from "../../model/entity-batch.ts";
import type { ActivityRequest, EpisodeRequest, Executor, HeartbeatListener, KindOffer, Offer } from "../../model/executor.ts";
import { byKind, KINDS } from "../../model/function-kind.ts";
import type { HeldCall } from "../../model/held-call.ts";
import type { EngineLog } from "../../telemetry/engine-log.ts";
import { Repeated } from "../../telemetry/repeated.ts";
import { errorText } from "../../telemetry/value-text.ts";

const NOTHING: Offer = byKind(() => ({ names: [], any: false, capacity: null, ready: false }));

/**
 * An executor is foreign code: whatever it throws, offers or reports, the engine continues as if that call had not been made, and says so in the log. What
 * it answers to a request is looked at where the answer comes (`answer-shape.ts`), so that no answer takes longer.
 */
export class ForeignExecutor implements Executor {
  readonly wantsRecorded: boolean;
  readonly #inner: Executor;
  readonly #log: EngineLog;
  readonly #complaints = new Repeated();
  /** The last one that was looked at, and what is used of it. */
  #seen: unknown = null;
  #offer = NOTHING;

  constructor(inner: Executor, log: EngineLog) {
    this.#inner = inner;
    this.#log = log;
    this.wantsRecorded = this.#try("wantsRecorded", () => inner.wantsRecorded === true, false);
  }

  /** An unusable one is as if it had not changed. */
  get offer(): Offer {
    const now = this.#try("offer", () => this.#inner.offer, null);
    if (now === this.#seen || now === null) return this.#offer;
    this.#seen = now;
    if (this.#try("offer", () => isOffer(now), false)) this.#offer = now;
    else this.#complain("offer", "it has not the shape of the port");
    return this.#offer;
  }

  get held(): readonly HeldCall[] {
    return this.#try("held", () => (this.#inner.held ?? []).filter(isHeld), []);
  }

  onOffer(listener: () => void): () => void {
    return this.#listen("onOffer", () => this.#inner.onOffer(listener));
  }

  onHeartbeat(listener: HeartbeatListener): () => void {
    const heard: HeartbeatListener = (task, progress) => {
      if (this.#try("a heartbeat", () => isHeartbeat(task, progress), false)) listener(task, progress);
      else this.#complain("a heartbeat", "it has not the shape of the port");
    };
    return this.#listen("onHeartbeat", () => this.#inner.onHeartbeat(heard));
  }

  /** What these three throw counts as lost: `ask-executor.ts`. */
  runEpisode(request: EpisodeRequest): ReturnType<Executor["runEpisode"]> {
    return this.#inner.runEpisode(request);
  }

  runActivity(request: ActivityRequest): ReturnType<Executor["runActivity"]> {
    return this.#inner.runActivity(request);
  }

  runEntityBatch(request: EntityBatchRequest): ReturnType<Executor["runEntityBatch"]> {
    return this.#inner.runEntityBatch(request);
  }

  abortEpisode(...asked: Parameters<Executor["abortEpisode"]>): void {
    this.#try("abortEpisode", () => this.#inner.abortEpisode(...asked), undefined);
  }

  abortActivity(...asked: Parameters<Executor["abortActivity"]>): void {
    this.#try("abortActivity", () => this.#inner.abortActivity(...asked), undefined);
  }

  forget(...asked: Parameters<Executor["forget"]>): void {
    this.#try("forget", () => this.#inner.forget(...asked), undefined);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  #listen(what: string, begin: () => () => void): () => void {
    const stop: unknown = this.#try(what, begin, null);
    return () => {
      if (typeof stop === "function") this.#try(`the end of ${what}`, () => void stop(), undefined);
    };
  }

  #try<T>(what: string, call: () => T, instead: T): T {
    try {
      return call();
    } catch (error) {
      this.#complain(what, errorText(error));
      return instead;
    }
  }

  #complain(what: string, why: string): void {
    const message = `The executor has failed in a call that must not fail, which counts as not made (${what}): ${why}`;
    if (this.#complaints.isDue(message)) this.#log.write({ level: "error", event: "executor.failed", message, fields: { call: what } });
  }
}

const isOffer = (offer: Offer): boolean => KINDS.every((kind) => isKind(offer[kind]));

const isTexts = (list: unknown): boolean => Array.isArray(list) && list.every((name) => typeof name === "string");

function isKind({ names, away = [], any, versions = {}, capacity, ready }: KindOffer): boolean {
  const isCount = capacity === null || (typeof capacity === "number" && capacity >= 0);
  const hasVersions = typeof versions === "object" && Object.values(versions).every(Array.isArray);
  return isTexts(names) && isTexts(away) && typeof any === "boolean" && hasVersions && isCount && typeof ready === "boolean";
}

const isHeld = ({ instanceId, eventId, isHolder, at }: HeldCall): boolean =>
  typeof instanceId === "string" &&
  (eventId === null || Number.isSafeInteger(eventId)) &&
  typeof isHolder === "boolean" &&
  (at === null || typeof at === "string");

const isHeartbeat: (...heard: Parameters<HeartbeatListener>) => boolean = ({ no, generation, eventId }, progress) =>
  [no, generation, eventId].every(Number.isSafeInteger) && (progress === null || typeof progress === "string");
