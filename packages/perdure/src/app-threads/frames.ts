import type { Payload } from "../model/payload.ts";
import type { Answer, AnswerHead, FromThread, ToThread, WireWork } from "./messages.ts";
import type { Row } from "./rows.ts";
import { fromRow, toRow } from "./rows.ts";

/**
 * The messages of one tick as one: JSON text of all that are small, and beside it those with something large, as they are. One way, 256 small calls take
 * 157 µs so, and 218 as objects; in JSON text a payload of 1 MB takes 17 ms, since it is escaped and scanned again, and beside it 49 µs
 * (Node 24.21 and 26.10, 2026-11-27).
 */
export type Frame = readonly [texts: string, ...beside: unknown[]];

type Message = ToThread | FromThread;

/** In the place of a message that is beside the text. */
const BESIDE = 0;
/** UTF-16 units of one payload. */
const LARGE = 1_000;

export function pack(messages: readonly Message[]): Frame {
  const beside: Message[] = [];
  const texts = messages.map((message) => {
    if (isSmall(message)) return toRow(message);
    beside.push(message);
    return BESIDE;
  });
  return [JSON.stringify(texts), ...beside];
}

/** Of one message, which {@link frameOf} takes later. Null: it goes beside the text. */
export const textOf = (message: Message): string | null => (isSmall(message) ? JSON.stringify(toRow(message)) : null);

/** As `pack`, of messages whose texts were made before. */
export const frameOf = (texts: readonly (string | null)[], messages: readonly Message[]): Frame => [
  `[${texts.map((text) => text ?? BESIDE).join(",")}]`,
  ...messages.filter((_, at) => texts[at] === null),
];

export function unpack<M extends Message>([texts, ...beside]: Frame): readonly M[] {
  let next = 0;
  return (JSON.parse(texts) as readonly (M | Row | typeof BESIDE)[]).map((one) => {
    if (one === BESIDE) return beside[next++] as M;
    return "kind" in one ? one : (fromRow(one) as M);
  });
}

/** Known to be text and short. What is rare, or holds bytes, is not looked into. */
function isSmall(message: Message): boolean {
  switch (message.kind) {
    case "run":
      return isSmallWork(message.work);
    case "answer":
      return isSmallAnswer(message.answer);
    case "forget":
    case "abortEpisode":
    case "abortActivity":
    case "abortInvocation":
      return true;
    default:
      return false;
  }
}

function isSmallWork(work: WireWork): boolean {
  switch (work.kind) {
    case "episode":
      return (work.request.history?.length ?? 0) === 0 && work.request.recorded === undefined && work.request.fresh.every(isSmallPart);
    case "activity":
      return isShort(work.request.input) && isShort(work.request.progress);
    case "entity":
      return isShort(work.request.state) && work.request.operations.every((one) => isShort(one.input));
    case "invocation":
      return false;
  }
}

function isSmallAnswer(answer: AnswerHead): boolean {
  switch (answer.kind) {
    case "ran":
      if (!answer.actions.every(isSmallPart)) return false;
      return "results" in answer
        ? isShort(answer.state) && answer.results.every(isSmallPart)
        : isShort(answer.customStatus) && (answer.outcome === null || isSmallOutcome(answer.outcome));
    case "completed":
      return isShort(answer.result);
    case "http":
    case "done":
    case "replayed":
      return false;
    default:
      return true;
  }
}

type Outcome = Exclude<Extract<Answer, { readonly kind: "ran"; readonly outcome: unknown }>["outcome"], null>;

function isSmallOutcome(outcome: Outcome): boolean {
  switch (outcome.kind) {
    case "completed":
      return isShort(outcome.output);
    case "failed":
      return true;
    case "continuedAsNew":
      return isShort(outcome.input) && outcome.carryOver.every(isSmallPart);
  }
}

interface Part {
  readonly kind: string;
  readonly input?: Payload | null;
  readonly result?: Payload | null;
}

const isSmallPart = ({ input, result }: Part): boolean => isShort(input) && isShort(result);
const isShort = (text: string | null | undefined): boolean => text === null || text === undefined || text.length <= LARGE;
