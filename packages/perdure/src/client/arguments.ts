import { fault } from "../errors/perdure-error.ts";
import type { StartNewSettings, WaitOptions } from "../functions/client-types.ts";
import { DURATION_FORM } from "../model/duration.ts";
import type { Options } from "../model/options.ts";
import { booleanOption, durationOption, optional, parseOptions, stringOption } from "../model/options.ts";
import { checkedInstanceId, checkedVersion, tagsOption } from "../model/start-options.ts";
import { targetName } from "../model/target.ts";
import { parseDate } from "../model/time.ts";
import type { CallerTransaction } from "../store/contract.ts";
import type { SignalParams } from "./entity-types.ts";
import type { RestartParams, RewindParams, StartParams } from "./types.ts";

/** What callers of the client pass, from JavaScript too: checked here, so that no store ever gets a value that it cannot keep. */

const START_OPTIONS = ["input", "instanceId", "version", "startAt", "tags", "onExisting", "transaction", "traceparent"];
const ON_EXISTING = ["error", "reject", "replace", "attach"] as const;

/** `now`: store time, from which durations count. */
export function parseStart(ref: unknown, settings: unknown, now: () => number): Omit<StartParams, "input"> & { readonly value: unknown } {
  const name = targetName(ref, "orchestrator", "startNew");
  const options = parseOptions(settings, START_OPTIONS, "startNew") as StartNewSettings & Options;
  const { instanceId, traceparent, transaction } = options;
  const startAt = optional(options, "startAt", "startNew", (when, where, option) => timeOf(when, where, option, now));
  const version = optional(options, "version", "startNew", checkedVersion) ?? versionOf(ref);
  const tags = optional(options, "tags", "startNew", tagsOption);
  const onExisting = optional(options, "onExisting", "startNew", onExistingOption);
  return {
    name,
    value: options.input,
    ...(instanceId === undefined ? {} : { instanceId: checkedInstanceId(instanceId) }),
    ...(version === undefined ? {} : { version }),
    ...(tags === undefined ? {} : { tags }),
    ...(startAt === undefined ? {} : { startAt }),
    ...(onExisting === undefined ? {} : { onExisting }),
    ...(transaction === undefined ? {} : { transaction: transactionOption(transaction, "startNew", "transaction") }),
    ...(traceparent === undefined ? {} : { trace: { traceparent: stringOption(traceparent, "startNew", "traceparent") } }),
  };
}

export interface ParsedRaise {
  readonly name: string;
  readonly messageId?: string;
  readonly transaction?: CallerTransaction;
}

export function parseRaise(event: unknown, settings: unknown): ParsedRaise {
  const name = targetName(event, "event", "raiseEvent");
  const options = parseOptions(settings, ["messageId", "transaction"], "raiseEvent");
  const messageId = optional(options, "messageId", "raiseEvent", messageIdOption);
  const transaction = optional(options, "transaction", "raiseEvent", transactionOption);
  return { name, ...(messageId === undefined ? {} : { messageId }), ...(transaction === undefined ? {} : { transaction }) };
}

/** `now`: store time, from which durations count. */
export function parseSignal(settings: unknown, now: () => number): Pick<SignalParams, "due" | "messageId" | "transaction"> {
  const options = parseOptions(settings, ["at", "messageId", "transaction"], "signal");
  const due = optional(options, "at", "signal", (when, where, option) => timeOf(when, where, option, now)) ?? null;
  const messageId = optional(options, "messageId", "signal", messageIdOption);
  const transaction = optional(options, "transaction", "signal", transactionOption);
  return { due, ...(messageId === undefined ? {} : { messageId }), ...(transaction === undefined ? {} : { transaction }) };
}

export interface ParsedWait {
  readonly timeoutMs: number | null;
  readonly signal?: AbortSignal;
}

export function parseWait(settings: unknown, where: string): ParsedWait {
  const options = parseOptions(settings, ["timeout", "signal"], where) as WaitOptions & Options;
  const signal = optional(options, "signal", where, signalOption);
  return { timeoutMs: optional(options, "timeout", where, durationOption) ?? null, ...(signal === undefined ? {} : { signal }) };
}

export function parseWatch(settings: unknown): { readonly signal?: AbortSignal } {
  const signal = optional(parseOptions(settings, ["signal"], "watch"), "signal", "watch", signalOption);
  return signal === undefined ? {} : { signal };
}

/** For the answer to an HTTP request. */
export function parseHttpWait(settings: unknown): { readonly timeoutMs?: number; readonly retryIntervalMs?: number } {
  const where = "waitForCompletionOrCreateCheckStatusResponse";
  const options = parseOptions(settings, ["timeout", "retryInterval"], where);
  const timeoutMs = optional(options, "timeout", where, durationOption);
  const retryIntervalMs = optional(options, "retryInterval", where, durationOption);
  return { ...(timeoutMs === undefined ? {} : { timeoutMs }), ...(retryIntervalMs === undefined ? {} : { retryIntervalMs }) };
}

/** An id to look for; only a new instance needs one that can be given. */
export function givenId(id: unknown): string {
  if (typeof id !== "string") throw fault("INSTANCE_ID_INVALID", id, "it is not a string");
  return id;
}

/** By its shape: requests of other realms and of frameworks (Next's, undici's) will do. One of Node or Express has a path for its URL. */
export function givenRequest(request: unknown, where: string): Request | undefined {
  if (request === undefined || isRequest(request)) return request;
  throw fault("OPTION_INVALID", where, "request", request, "a Web Request, as an HTTP function gets it (in Hono: c.req.raw)");
}

export const isRequest = (value: unknown): value is Request =>
  typeof value === "object" &&
  value !== null &&
  "url" in value &&
  URL.canParse(String(value.url)) &&
  "headers" in value &&
  typeof value.headers === "object" &&
  value.headers !== null &&
  "get" in value.headers;

export function parseReason(reason: unknown, where: string): string | null {
  return reason === undefined || reason === null ? null : stringOption(reason, where, "reason");
}

export function parseTerminate(settings: unknown): { readonly reason: string | null; readonly recursive: boolean } {
  const options = parseOptions(settings, ["reason", "recursive"], "terminate");
  return {
    reason: parseReason(options.reason, "terminate"),
    recursive: optional(options, "recursive", "terminate", booleanOption) ?? false,
  };
}

export function parseRestart(id: string, settings: unknown): Omit<RestartParams, "input"> & { readonly value: unknown } {
  const options = parseOptions(settings, ["instanceId", "version", "input", "reason"], "restart");
  const newId = optional(options, "instanceId", "restart", (value) => (value === "same" ? id : checkedInstanceId(value)));
  const version = optional(options, "version", "restart", checkedVersion);
  return {
    instanceId: id,
    value: options.input,
    reason: parseReason(options.reason, "restart"),
    ...(newId === undefined ? {} : { newInstanceId: newId }),
    ...(version === undefined ? {} : { version }),
  };
}

export function parseRewind(settings: unknown): Omit<RewindParams, "instanceId"> {
  const options = parseOptions(settings, ["reason", "dryRun"], "rewind");
  return {
    reason: parseReason(options.reason, "rewind"),
    dryRun: optional(options, "dryRun", "rewind", booleanOption) ?? false,
  };
}

const STATUS_OPTIONS = ["showHistory", "showHistoryOutput", "showInput", "showWaitingFor"];

export function checkStatusOptions(settings: unknown, where: string): void {
  const options = parseOptions(settings, STATUS_OPTIONS, where);
  for (const option of STATUS_OPTIONS) optional(options, option, where, booleanOption);
}

function timeOf(when: unknown, where: string, option: string, now: () => number): number {
  return parseDate(when) ?? now() + durationOption(when, where, option, `a Date, or ${DURATION_FORM}`);
}

function onExistingOption(value: unknown, where: string, option: string): (typeof ON_EXISTING)[number] {
  const found = ON_EXISTING.find((known) => known === value);
  if (found === undefined) throw fault("OPTION_INVALID", where, option, value, '"error", "reject", "replace" or "attach"');
  return found;
}

const LONGEST_MESSAGE_ID = 256;

function messageIdOption(value: unknown, where: string, option: string): string {
  const form = `a string of 1 to ${LONGEST_MESSAGE_ID} characters, without U+0000 and halves of surrogate pairs`;
  const text = stringOption(value, where, option, form);
  if (text !== "" && text.length <= LONGEST_MESSAGE_ID && text.isWellFormed() && !text.includes("\0")) return text;
  throw fault("OPTION_INVALID", where, option, value, form);
}

function transactionOption(value: unknown, where: string, option: string): CallerTransaction {
  if (typeof value === "object" && value !== null && "query" in value && typeof value.query === "function")
    return value as CallerTransaction;
  throw fault("OPTION_INVALID", where, option, value, 'a connection of "pg" with an open transaction');
}

function signalOption(value: unknown, where: string, option: string): AbortSignal {
  if (typeof value === "object" && value !== null && "aborted" in value && "addEventListener" in value) return value as AbortSignal;
  throw fault("OPTION_INVALID", where, option, value, "an AbortSignal");
}

/** A reference may come with its definition, even where this process does not run it. */
const versionOf = (ref: unknown) =>
  typeof ref === "object" && ref !== null && "version" in ref && typeof ref.version === "string" ? ref.version : undefined;
