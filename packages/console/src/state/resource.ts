import type { Signal } from "@preact/signals";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { asError } from "./problems.ts";
import { isIn } from "./session.ts";

export interface Resource<T> {
  readonly value: T | null;
  readonly error: Error | null;
}

export interface Live<T> {
  readonly state: Signal<Resource<T>>;
  readonly again: () => void;
}

/**
 * What a screen shows, asked for again at each pause while the page is seen, and when `key` is another. The old value stays until there is a new one: nothing
 * flickers. An answer that comes too late is dropped.
 */
export function useLive<T>(
  read: (signal: AbortSignal) => Promise<T>,
  { key, everyMs }: { readonly key: string; readonly everyMs: number },
): Live<T> {
  const state = useSignal<Resource<T>>({ value: null, error: null });
  const latest = useRef(read);
  latest.current = read;
  const poke = useRef(() => {});
  useEffect(() => {
    const ended = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let asking = false;
    const ask = async (): Promise<void> => {
      clearTimeout(timer);
      if (asking || ended.signal.aborted) return;
      if (!document.hidden && isIn.peek()) {
        asking = true;
        await take();
        asking = false;
      }
      if (!ended.signal.aborted) timer = setTimeout(() => void ask(), everyMs);
    };
    const take = async (): Promise<void> => {
      try {
        const value = await latest.current(ended.signal);
        if (!ended.signal.aborted) state.value = { value, error: null };
      } catch (error) {
        if (!ended.signal.aborted) state.value = { value: state.peek().value, error: asError(error) };
      }
    };
    poke.current = () => void ask();
    void ask();
    return () => {
      ended.abort();
      clearTimeout(timer);
    };
  }, [key, everyMs]);
  return { state, again: () => poke.current() };
}
