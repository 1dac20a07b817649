import type { Failure } from "../../model/failure.ts";
import type { HistoryEvent } from "../../model/history.ts";
import { isRecord } from "../../model/options.ts";
import type { ShowPayload } from "./preview.ts";
import { previewOf } from "./preview.ts";
import type { ShownEvent, ShownFailure } from "./shown-history.ts";
import type { PayloadPlace } from "./shown-payload.ts";

/** Of a payload in a history. */
const PREVIEW_BYTES = 512;
const MESSAGE_CHARS = 2_000;
const STACK_CHARS = 4_000;
const DEEPEST_CAUSE = 5;
const MOST_ERRORS = 10;

/** Fields of events that are payloads, JSON texts of their authors. */
const PAYLOADS: ReadonlySet<string> = new Set(["input", "result", "progress"]);

/** Each payload of it becomes a preview. Beside them an event has ids, names and times. */
export function shownEvent(event: HistoryEvent, seq: number, shown: ShowPayload): ShownEvent {
  return shownFields(event, `event.${seq}`, shown) as unknown as ShownEvent; // by the names of the fields, which the compiler cannot follow
}

type Fields = { readonly [name: string]: unknown };

function shownFields(fields: object, at: string, shown: ShowPayload): Fields {
  const entries = Object.entries(fields).map(([name, value]: [string, unknown]) => {
    const place = `${at}.${name}`;
    if (typeof value === "string" && PAYLOADS.has(name)) return [name, previewOf(value, place as PayloadPlace, PREVIEW_BYTES, shown)];
    if (name === "failure" && isRecord(value)) return [name, shownFailure(value as unknown as Failure, place, shown)];
    if (name === "message" && isRecord(value)) return [name, shownFields(value, place, shown)];
    return [name, value];
  });
  return Object.fromEntries(entries);
}

export function shownFailure(failure: Failure, at: string, shown: ShowPayload, depth = 0): ShownFailure {
  const { errorType, message, stack, cause, errors, properties, value, isNonRetriable } = failure;
  const preview = (name: string, of: unknown) => previewOf(JSON.stringify(of), `${at}.${name}` as PayloadPlace, PREVIEW_BYTES, shown);
  const isDeep = depth >= DEEPEST_CAUSE;
  return {
    errorType,
    message: cut(message, MESSAGE_CHARS),
    ...(stack === undefined ? {} : { stack: cut(stack, STACK_CHARS) }),
    ...(cause === undefined || isDeep ? {} : { cause: shownFailure(cause, `${at}.cause`, shown, depth + 1) }),
    ...(errors === undefined || isDeep
      ? {}
      : { errors: errors.slice(0, MOST_ERRORS).map((error, index) => shownFailure(error, `${at}.errors.${index}`, shown, depth + 1)) }),
    ...(properties === undefined ? {} : { properties: preview("properties", properties) }),
    ...(value === undefined ? {} : { value: preview("value", value) }),
    ...(isNonRetriable === true ? { isNonRetriable } : {}),
  };
}

/** Where an event has payloads, as {@link shownEvent} names them. What is inside one is not given by itself: masks go by the names of the fields around it. */
const RECORDED = new RegExp(`^(?:message\\.)?(?:${[...PAYLOADS].join("|")})$`);
const THROWN = /^failure(?:\.cause|\.errors\.\d+)*\.(?:properties|value)$/;

/** The payload at such a place, as JSON text; null: there is none. */
export function payloadOfEvent(event: HistoryEvent, place: string): string | null {
  const isThrown = THROWN.test(place);
  if (!isThrown && !RECORDED.test(place)) return null;
  let at: unknown = event;
  for (const name of place.split(".")) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, name)) return null;
    at = (at as Fields)[name];
  }
  if (isThrown) return JSON.stringify(at);
  return typeof at === "string" ? at : null;
}

const cut = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most).toWellFormed()}…`);
