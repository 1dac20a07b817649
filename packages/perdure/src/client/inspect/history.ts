import { fault } from "../../errors/perdure-error.ts";
import type { HistoryEvent } from "../../model/history.ts";
import type { Store } from "../../store/contract.ts";
import { firstOfRange } from "../../store/history-range.ts";
import { parseHistory } from "../../store/parse.ts";
import type { HistoryChunk, InstanceRow } from "../../store/rows.ts";
import { errorText } from "../../telemetry/value-text.ts";
import type { ShowPayload } from "./preview.ts";
import { payloadOfEvent, shownEvent } from "./shown-events.ts";
import type { HistoryPage } from "./shown-history.ts";
import type { HistoryPart } from "./types.ts";
import { LONGEST_HISTORY_PAGE } from "./types.ts";

const PAGE = 200;
/** Of what is read for a page: payloads are cut after that. */
const PAGE_BYTES = 4 * 1_024 * 1_024;

type Reads = Pick<Store, "readHistoryRange">;

export async function historyPage(
  store: Reads,
  { no, generation }: InstanceRow,
  part: HistoryPart,
  shown: ShowPayload,
): Promise<HistoryPage> {
  const limit = Math.max(1, Math.min(("tail" in part ? part.tail : part.limit) ?? PAGE, LONGEST_HISTORY_PAGE));
  const params = { no, generation, from: "tail" in part ? -limit : Math.max(0, part.from), limit, maxBytes: PAGE_BYTES };
  const { total, chunks } = await store.readHistoryRange(params);
  const first = firstOfRange(params, total);
  const { events, end, problem } = eventsWithin(chunks, first, first + limit);
  const shownEvents = events.map(({ seq, event }) => ({ seq, event: shownEvent(event, seq, shown) }));
  return { generation, total, events: shownEvents, next: problem === null && end < total ? end : null, first, problem };
}

interface PlacedEvents {
  readonly events: readonly { readonly seq: number; readonly event: HistoryEvent }[];
  /** Behind the last of them. */
  readonly end: number;
  readonly problem: string | null;
}

/** A row that is damaged ends what can be read, and says so. */
export function eventsWithin(chunks: readonly HistoryChunk[], from: number, to: number): PlacedEvents {
  const events: { readonly seq: number; readonly event: HistoryEvent }[] = [];
  let end = from;
  for (const chunk of chunks) {
    let parsed: readonly HistoryEvent[];
    try {
      parsed = parseHistory([chunk]);
    } catch (error) {
      return { events, end, problem: errorText(error) };
    }
    for (const [index, event] of parsed.entries()) {
      const seq = chunk.firstSeq + index;
      if (seq >= from && seq < to) events.push({ seq, event });
    }
    end = Math.min(to, chunk.firstSeq + chunk.count);
  }
  return { events, end, problem: null };
}

const EVENT_PLACE = /^event\.(\d{1,9})\.([\w.]{1,200})$/;

export async function payloadAt(store: Pick<Store, "readHistoryRange">, row: InstanceRow, at: string): Promise<string | null> {
  switch (at) {
    case "input":
      return row.input;
    case "output":
      return row.output;
    case "customStatus":
      return row.customStatus;
    default: {
      const [, seq, path] = EVENT_PLACE.exec(at) ?? [];
      if (seq === undefined || path === undefined)
        throw fault("OPTION_INVALID", "payload()", "at", at, "input, output, customStatus, or event.SEQ.FIELD such as event.7.result");
      const from = Number(seq);
      const { chunks } = await store.readHistoryRange({ no: row.no, generation: row.generation, from, limit: 1, maxBytes: 1 });
      const [found] = eventsWithin(chunks, from, from + 1).events;
      return found === undefined ? null : payloadOfEvent(found.event, path);
    }
  }
}

/** Which of a row's payloads are to be read for that. */
export const payloadsFor = (at: string): "all" | "withoutInput" | "none" =>
  at === "input" ? "all" : at === "output" || at === "customStatus" ? "withoutInput" : "none";
