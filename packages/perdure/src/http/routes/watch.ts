import type { Told } from "../../client/watch/watch-updates.ts";
import { toldUntilEnd } from "../../client/watch/watch-updates.ts";
import { PerdureError } from "../../errors/perdure-error.ts";
import { isTerminal } from "../../model/status.ts";
import type { ManagementCall } from "../management-call.ts";
import { emptyResponse } from "../responses.ts";
import { jsonObject, payloadJson } from "../wire/json-text.ts";
import { statusObject } from "../wire/status-object.ts";
import { fullTime } from "../wire/times.ts";

/** Proxies end connections on which nothing comes, many after 30 or 60 s. */
const ALIVE_EVERY_MS = 15_000;
/** A browser that lost the connection, to this host or to the one that takes its place, comes back after this. */
const RETRY_MS = 1_000;

/**
 * Not in Azure: what becomes of an instance, as server-sent events. `status` has the status object, `progress` what an activity says; `end` follows the status of
 * an instance that has ended, and then the caller closes, or it would ask again.
 */
export async function watchInstance(call: ManagementCall, instanceId: string): Promise<Response> {
  const { client, query, drained, request } = call;
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, drained, request.signal]);
  const input = query.boolean("showInput") ?? true;
  const updates = toldUntilEnd(client, { instanceId, signal, askForMs: ALIVE_EVERY_MS });
  // The first is there at once, or there is no such instance.
  const first = await updates.next().catch((error: unknown) => {
    if (error instanceof PerdureError && error.code === "INSTANCE_NOT_FOUND") return null;
    throw error;
  });
  if (first === null || first.done === true) return emptyResponse(404);
  let start: string | null = `retry: ${RETRY_MS}\n\n${eventOf(first.value, input)}`;
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const text = start ?? (await nextOf(updates, input));
      start = null;
      if (text === "") controller.close();
      else controller.enqueue(encoder.encode(text));
    },
    cancel: () => over.abort(),
  });
  return new Response(body, { headers: { "Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no" } });
}

/** Empty: that was all. */
async function nextOf(updates: AsyncGenerator<Told, void>, input: boolean): Promise<string> {
  try {
    const next = await updates.next();
    return next.done === true ? "" : eventOf(next.value, input);
  } catch {
    // The host stops, the caller is gone, or the store is away: who is there asks again.
    return "";
  }
}

function eventOf(told: Told, input: boolean): string {
  if (told.kind === "nothing") return ": nothing new\n\n";
  if (told.kind === "progress") {
    const { activity, taskId, attempt, at, progress } = told.progress;
    const data = {
      activity: JSON.stringify(activity),
      taskId: JSON.stringify(taskId),
      attempt: String(attempt),
      time: JSON.stringify(fullTime(at)),
      progress: payloadJson(progress),
    };
    return eventText("progress", jsonObject(data));
  }
  const { runtimeStatus } = told.status;
  const status = eventText("status", statusObject(told.status, { input, details: false, history: null }));
  return isTerminal(runtimeStatus) ? status + eventText("end", JSON.stringify({ runtimeStatus })) : status;
}

/** What ends a line of a stream. To a pattern with the flag `m` U+2028 does so too, which in JSON may stand in a text. */
const LINE_END = /\r\n|\r|\n/;

/** Payloads may have line ends of their own. */
const eventText = (event: string, data: string): string =>
  `event: ${event}\n${data
    .split(LINE_END)
    .map((line) => `data: ${line}\n`)
    .join("")}\n`;
