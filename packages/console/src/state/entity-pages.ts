import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { EntityInfo } from "../api/wire.ts";
import { tick } from "./hub.ts";
import { asError } from "./problems.ts";
import { readEntities } from "./reads.ts";

export interface EntityPages {
  readonly entities: readonly EntityInfo[];
  readonly isLoading: boolean;
  readonly error: Error | null;
  readonly more: (() => void) | null;
  readonly again: () => void;
}

const EVERY_TICKS = 3;

interface Pages {
  readonly entities: readonly EntityInfo[];
  readonly cursor: string | null;
  readonly isLoading: boolean;
  readonly error: Error | null;
}

/** Entities of a name, or all: the first page as it is now, and the further ones as they were when they were asked for. */
export function useEntityPages(name: string | undefined): EntityPages {
  const pages = useSignal<Pages>({ entities: [], cursor: null, isLoading: true, error: null });
  const ask = async (cursor: string | undefined, signal?: AbortSignal): Promise<void> => {
    try {
      const page = await readEntities({ name, cursor }, signal);
      const before = pages.peek();
      const isFirst = cursor === undefined;
      const fresh = new Set(page.entities.map(({ id }) => id));
      const rest = before.entities.filter(({ id }) => !fresh.has(id));
      const goesOn = isFirst && before.entities.length > page.entities.length;
      pages.value = {
        entities: isFirst ? [...page.entities, ...(goesOn ? rest : [])] : [...rest, ...page.entities],
        cursor: goesOn ? before.cursor : page.cursor,
        isLoading: false,
        error: null,
      };
    } catch (error) {
      if (signal?.aborted !== true) pages.value = { ...pages.peek(), isLoading: false, error: asError(error) };
    }
  };
  useEffect(() => {
    const ended = new AbortController();
    pages.value = { entities: [], cursor: null, isLoading: true, error: null };
    void ask(undefined, ended.signal);
    let ticks = 0;
    const unsubscribe = tick.subscribe(() => {
      ticks += 1;
      if (ticks % EVERY_TICKS === 0) void ask(undefined, ended.signal);
    });
    return () => {
      ended.abort();
      unsubscribe();
    };
  }, [name]);
  const { entities, cursor, isLoading, error } = pages.value;
  return { entities, isLoading, error, more: cursor === null ? null : () => void ask(cursor), again: () => void ask(undefined) };
}
