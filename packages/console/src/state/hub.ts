import { computed, effect, signal } from "@preact/signals";
import { get } from "../api/client.ts";
import type { StreamState } from "../api/stream.ts";
import { HubStream } from "../api/stream.ts";
import type { Counts, Feature, HubInfo, StreamMessage, Tick } from "../api/wire.ts";
import { isIn } from "./session.ts";

export const hub = signal<HubInfo | null>(null);
export const counts = signal<Counts | null>(null);
export const tick = signal<Tick | null>(null);
export const streamState = signal<StreamState>("closed");

/** Reads alone are allowed, with a key for reading. */
export const isReader = computed(() => hub.value?.role === "read");

/** This host can do it, and this person may. */
export const can = (feature: Feature): boolean =>
  hub.value?.features.includes(feature) === true && (hub.value.role === "write" || READS.has(feature));

const READS: ReadonlySet<Feature> = new Set(["entities", "schedules", "source", "metrics"]);

/** Ms that the store's clock is ahead of this browser's. */
let ahead = 0;

/** Store time. */
export const storeNow = (): number => Date.now() + ahead;

/** Store time, once a second while the page is seen. */
export const clock = signal(Date.now());

setInterval(() => {
  if (!document.hidden) clock.value = storeNow();
}, 1_000);

type Listener<Type extends StreamMessage["type"]> = (data: Extract<StreamMessage, { readonly type: Type }>["data"]) => void;

const listeners = new Map<string, Set<(data: never) => void>>();

/** The call that ends it. */
export function listen<Type extends StreamMessage["type"]>(type: Type, listener: Listener<Type>): () => void {
  const all = listeners.get(type) ?? new Set();
  listeners.set(type, all);
  all.add(listener);
  return () => all.delete(listener);
}

const stream = new HubStream({
  message: (type, data) => {
    for (const listener of listeners.get(type) ?? []) listener(data as never);
  },
  state: (state) => {
    streamState.value = state;
  },
});

/** Instances of which each change is told; those of the page that is shown. */
export const watchInstances = (ids: readonly string[]): void => stream.watch(ids);

listen("tick", (data) => {
  ahead = data.now - Date.now();
  tick.value = data;
  counts.value = data.counts;
});

/** What is shown around every screen. Once more when somebody has signed in. The counts come with the first tick. */
async function load(): Promise<void> {
  const info = await get<HubInfo>("/hub");
  ahead = info.now - Date.now();
  clock.value = storeNow();
  hub.value = info;
}

effect(() => {
  if (!isIn.value) {
    stream.close();
    return;
  }
  load().catch(() => {}); // the stream says that the host is away, and asks again
  stream.open();
});

effect(() => {
  if (streamState.value === "open" && hub.peek() === null && isIn.peek()) load().catch(() => {});
});
