import type { Action } from "../../model/action.ts";
import type { EntityAction, EntityBatchRequest, EntityOperationResult } from "../../model/entity-batch.ts";
import type { ActivityResult, Declined, EntityBatchResult, EpisodeOutcome, EpisodeResult, NotRun } from "../../model/executor.ts";
import { NO_PLACE } from "../../model/no-place.ts";
import { slotKeyProblem } from "../../model/slot-key.ts";
import { errorText } from "../../telemetry/value-text.ts";

type Check = (value: unknown) => boolean;
type Fields = { readonly [field: string]: unknown };
/** Any field of the variants of a union. */
type FieldsOf<Union> = { readonly [field in Union extends unknown ? keyof Union : never]?: unknown };
/**
 * Whether the fields of a variant fit; one that is not read may be anything. Each is read where it is looked at, so that the last one read is the one that
 * does not fit, and by its name: a loop over names and checks took twelve times as long, 5 µs for an orchestration of five activities.
 */
type Shape<Union> = (fields: FieldsOf<Union>) => boolean;
type Kinds = ReadonlyMap<unknown, Shape<Fields>>;
/** By `kind`. */
type Variants<Union extends { readonly kind: string }> = { readonly [kind in Union["kind"]]: Shape<Union> };

const isText: Check = (value) => typeof value === "string";
const isTextOrAbsent: Check = (value) => value === undefined || typeof value === "string";
const isNumber: Check = (value) => Number.isFinite(value);
const isNumberOrAbsent: Check = (value) => value === undefined || Number.isFinite(value);
const isNumberOrNull: Check = (value) => value === null || Number.isFinite(value);
const isWhole: Check = (value) => Number.isSafeInteger(value);
const isFlag: Check = (value) => typeof value === "boolean";
const isPayload: Check = (value) => value === null || typeof value === "string";
const isFailure: Check = (value) => isObject(value) && isText(value.errorType) && isText(value.message);
const isTrace: Check = (value) => value === undefined || (isObject(value) && isText(value.traceparent) && isTextOrAbsent(value.tracestate));
const isTags: Check = (value) => value === null || (isObject(value) && isListOf(isText, Object.values(value)));
const isSlot: Check = (value) => value === undefined || (isObject(value) && slotKeyProblem(value.key) === null && isWhole(value.limit));
const isNamed: Check = (value) => isObject(value) && isText(value.name);

function isListOf(check: Check, value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  for (const item of value) if (!check(item)) return false;
  return true;
}

function isOneOf<Union extends { readonly kind: string }>(variants: Variants<Union>): Check {
  const kinds = byName(variants);
  return (value) => isObject(value) && kinds.get(value.kind)?.(value) === true;
}

type Child = Extract<Action, { readonly kind: "callSubOrchestrator" }>;

const isChild: Shape<Child> = (child) =>
  isText(child.name) &&
  isText(child.instanceId) &&
  isFlag(child.minted) &&
  isPayload(child.input) &&
  isPayload(child.version) &&
  isTags(child.tags) &&
  isTrace(child.trace);

type Operation = Extract<Action, { readonly kind: "callEntity" }>;
type Signal = Extract<Action, { readonly kind: "signalEntity" }>;

const isOperation: Shape<Operation> = (call) =>
  isText(call.instanceId) && isText(call.operation) && isPayload(call.input) && isTrace(call.trace);
const isSignal: Shape<Signal> = (signal) => isOperation(signal) && isNumberOrNull(signal.due);

/** Whether the numbers rise is looked at where they are recorded. */
const isAction = isOneOf<Action>({
  callActivity: (call) =>
    isText(call.name) &&
    isPayload(call.input) &&
    isNumberOrAbsent(call.timeoutMs) &&
    isTextOrAbsent(call.progress) &&
    isSlot(call.slot) &&
    isTextOrAbsent(call.version) &&
    (call.tags === undefined || isTags(call.tags)) &&
    isTrace(call.trace),
  callSubOrchestrator: isChild,
  startOrchestration: (start) => isChild(start) && isNumberOrNull(start.startAt),
  createTimer: (timer) => isNumber(timer.fireAt) && (timer.retryOf === undefined || isWhole(timer.retryOf)),
  cancelTimer: (cancel) => isWhole(cancel.timerId),
  sendEvent: (event) => isText(event.instanceId) && isText(event.name) && isPayload(event.input),
  markPatch: (mark) => isText(mark.patch),
  callEntity: isOperation,
  signalEntity: isSignal,
  lockEntities: (lock) => isListOf(isText, lock.entities),
  releaseLock: (release) => isWhole(release.lockId),
});

const isOutcome = isOneOf<EpisodeOutcome>({
  completed: (end) => isPayload(end.output),
  failed: (end) => isFailure(end.failure) && (end.causedBy === undefined || isListOf(isWhole, end.causedBy)),
  continuedAsNew: (end) =>
    isPayload(end.input) &&
    isListOf(isNamed, end.carryOver) &&
    (end.version === undefined || isPayload(end.version)) &&
    (end.tags === undefined || isTags(end.tags)),
});

const NOT_RUN: Variants<NotRun> = {
  lost: (lost) => (lost.atFault === null || isFlag(lost.atFault)) && isTextOrAbsent(lost.reason),
  poison: (poison) => isText(poison.reason),
  declined: () => true,
};

const EPISODES = byName<EpisodeResult>({
  ...NOT_RUN,
  historyNeeded: () => true,
  stopped: (end) => isText(end.code) && isText(end.message) && (end.episode === undefined || isWhole(end.episode)),
  ran: (ran) =>
    isListOf(isAction, ran.actions) &&
    (ran.customStatus === undefined || isPayload(ran.customStatus)) &&
    (ran.droppedEvents === undefined || isListOf(isWhole, ran.droppedEvents)) &&
    (ran.outcome === null || isOutcome(ran.outcome)) &&
    isNumberOrAbsent(ran.cursorBytes) &&
    (ran.openEvents === undefined || isListOf(isText, ran.openEvents)) &&
    isTrace(ran.trace),
});

const ACTIVITIES = byName<ActivityResult>({
  ...NOT_RUN,
  completed: (end) => isPayload(end.result),
  failed: (end) => isFailure(end.failure),
  aborted: () => true,
});

const isOperationResult = isOneOf<EntityOperationResult>({
  completed: (end) => isPayload(end.result),
  failed: (end) => isFailure(end.failure),
});

const isEntityAction = isOneOf<EntityAction>({
  signalEntity: (signal) => isWhole(signal.by) && isSignal(signal),
  startOrchestration: (start) => isWhole(start.by) && isChild(start) && isNumberOrNull(start.startAt),
});

const ENTITY_BATCHES = byName<EntityBatchResult>({
  ...NOT_RUN,
  stopped: (end) => isText(end.code) && isText(end.message),
  ran: (ran) =>
    isPayload(ran.state) && isListOf(isOperationResult, ran.results) && isListOf(isEntityAction, ran.actions) && isPayload(ran.cut),
});

/**
 * The answer of an executor as the engine may use it. What has another shape than the port promises was not carried out as far as anyone can tell: it
 * counts as lost, is delivered again, and stops the instance that it happens to each time. Costs 10 ns, and as much for each action
 * (Node 26.10, 2026-11-29).
 */
export function readEpisode(answer: EpisodeResult, hasHistory: boolean): EpisodeResult {
  const read = readAs(answer, EPISODES);
  return hasHistory && read.kind === "historyNeeded" ? lost("it asks for the history that it was given") : read;
}

export const readActivity = (answer: ActivityResult): ActivityResult => readAs(answer, ACTIVITIES);

export function readEntityBatch(answer: EntityBatchResult, { operations }: EntityBatchRequest): EntityBatchResult {
  const read = readAs(answer, ENTITY_BATCHES);
  if (read.kind !== "ran") return read;
  const { results, cut } = read;
  if (results.length > operations.length) return lost("it has more results than there were operations");
  // Asked again it would answer the same, again and again.
  const isStuck = results.length === 0 && cut !== "shutdown" && (cut !== "durability" || operations[0]?.isDurable === true);
  return isStuck ? lost("no operation was begun that might have been") : read;
}

function readAs<Answer extends EpisodeResult | ActivityResult | EntityBatchResult>(answer: Answer, kinds: Kinds): Answer | NotRun {
  const wrong = problemOf(answer, kinds);
  if (wrong !== null) return lost(wrong);
  return answer.kind === "declined" ? withPause(answer) : answer;
}

const lost = (wrong: string): NotRun => ({
  kind: "lost",
  atFault: null,
  reason: `the executor's answer is not one that its port allows (${wrong})`,
});

/** Its fields may throw when they are read. */
function problemOf(answer: unknown, kinds: Kinds): string | null {
  try {
    return isObject(answer) ? misfitOfKind(answer, kinds) : "it is not an object";
  } catch (error) {
    return errorText(error);
  }
}

/** A longer pause may be meant, but no timer keeps to it. */
const LONGEST_PAUSE_MS = 24 * 3_600_000;

function withPause(answer: Declined): Declined {
  const { retryAfterMs, elsewhere } = answer;
  const isPause = typeof retryAfterMs === "number" && retryAfterMs >= 0;
  if (isPause && retryAfterMs <= LONGEST_PAUSE_MS && typeof elsewhere === "boolean") return answer;
  const pauseMs = isPause ? Math.min(retryAfterMs, LONGEST_PAUSE_MS) : NO_PLACE.retryAfterMs;
  return { kind: "declined", retryAfterMs: pauseMs, elsewhere: elsewhere === true };
}

const isObject = (value: unknown): value is Fields => typeof value === "object" && value !== null;

function byName<Union extends { readonly kind: string }>(variants: Variants<Union>): Kinds {
  return new Map(Object.entries<Shape<Union>>(variants));
}

function misfitOfKind(value: Fields, kinds: Kinds): string | null {
  const fits = kinds.get(value.kind);
  if (fits === undefined) return "its kind is unknown";
  return fits(value) ? null : misfit(value, fits);
}

/** The field that does not fit: the last one that was read. */
function misfit(value: Fields, fits: Shape<Fields>): string {
  let last = "";
  const watched = new Proxy(value, {
    get: (fields, field) => {
      last = String(field);
      return Reflect.get(fields, field);
    },
  });
  fits(watched);
  return last;
}
