import type { HistoryEvent } from "../model/history.ts";
import type { Message } from "../model/message.ts";
import type { StartSpec } from "../model/start.ts";
import { errorText } from "../telemetry/value-text.ts";
import type { HistoryChunk, InboxRow, TaskBody, TaskRow } from "./rows.ts";

/**
 * Stored text comes back as what it was written from: only engines of this schema write these columns. Rows that were damaged are found by the
 * parser, or by their outermost form; the error names the row, and harms nothing but its instance.
 */
export function parseHistory(chunks: readonly HistoryChunk[]): readonly HistoryEvent[] {
  const [only] = chunks;
  if (chunks.length === 1 && only !== undefined) return eventsOf(only);
  const events: HistoryEvent[] = [];
  for (const chunk of chunks) for (const event of eventsOf(chunk)) events.push(event);
  return events;
}

export function parseMessage(row: InboxRow): Message {
  const message = parsed(row.body, row, inboxRowText) as Message | null;
  if (message?.kind !== row.kind) throw new Error(`${inboxRowText(row)}: it is not a message of this kind`);
  return message;
}

/** The start that a message asks for; a text says why it cannot be read: one damaged row keeps nothing else from its turn. */
export function acceptedStart(row: InboxRow): StartSpec | string {
  try {
    const message = parseMessage(row);
    return message.kind === "replace" ? message.start : `${inboxRowText(row)}: it asks for no start`;
  } catch (error) {
    return errorText(error);
  }
}

export function parseTaskBody(row: TaskRow): TaskBody {
  const body = parsed(row.body, row, taskRowText) as TaskBody | null;
  if (body?.input === undefined) throw new Error(`${taskRowText(row)}: it is not a call of an activity`);
  return body;
}

function eventsOf(chunk: HistoryChunk): readonly HistoryEvent[] {
  const events = parsed(chunk.events, chunk, chunkText);
  if (!Array.isArray(events)) throw new Error(`${chunkText(chunk)}: it is not a list of events`);
  return events as readonly HistoryEvent[];
}

function parsed<Row>(json: string, row: Row, text: (row: Row) => string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new Error(`${text(row)}: ${errorText(error)}`, { cause: error });
  }
}

const chunkText = ({ generation, firstSeq }: HistoryChunk): string => `history row of generation ${generation} from event ${firstSeq} on`;
const inboxRowText = ({ seq, kind }: InboxRow): string => `inbox row ${seq} (${kind})`;
const taskRowText = ({ no, generation, eventId }: TaskRow): string => `task row ${no}/${generation}/${eventId}`;
