import type { HistoryEvent } from "../model/history.ts";
import type { Message } from "../model/message.ts";
import type { HistoryChunk, InboxRow, TaskBody } from "./rows.ts";

/** Stored text comes back as what it was written from: only engines of this schema write these columns. */
export function parseHistory(chunks: readonly HistoryChunk[]): readonly HistoryEvent[] {
  const [only] = chunks;
  if (chunks.length === 1 && only !== undefined) return JSON.parse(only.events) as readonly HistoryEvent[];
  const events: HistoryEvent[] = [];
  for (const chunk of chunks) for (const event of JSON.parse(chunk.events) as readonly HistoryEvent[]) events.push(event);
  return events;
}

export const parseMessage = (row: InboxRow): Message => JSON.parse(row.body) as Message;

export const parseTaskBody = (body: string): TaskBody => JSON.parse(body) as TaskBody;
