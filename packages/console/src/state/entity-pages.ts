import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { EntityInfo } from "../api/wire.ts";
import type { Pages } from "../model/pages.ts";
import { withFirst, withNext } from "../model/pages.ts";
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

interface Asked extends Pages<EntityInfo> {
  readonly isLoading: boolean;
  readonly error: Error | null;
}

const BEFORE: Asked = { rows: [], cursor: null, isLoading: true, error: null };

/** Entities of a name, or all: the first page as it is now, and the further ones as they were when they were asked for. */
export function useEntityPages(name: string | undefined): EntityPages {
  const pages = useSignal<Asked>(BEFORE);
  const ask = async (cursor: string | undefined, signal?: AbortSignal): Promise<void> => {
    try {
      const { entities, cursor: next } = await readEntities({ name, cursor }, signal);
      const joined = cursor === undefined ? withFirst : withNext;
      pages.value = { ...joined(pages.peek(), { rows: entities, cursor: next }), isLoading: false, error: null };
    } catch (error) {
      if (signal?.aborted !== true) pages.value = { ...pages.peek(), isLoading: false, error: asError(error) };
    }
  };
  useEffect(() => {
    const ended = new AbortController();
    pages.value = BEFORE;
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
  const { rows, cursor, isLoading, error } = pages.value;
  return { entities: rows, isLoading, error, more: cursor === null ? null : () => void ask(cursor), again: () => void ask(undefined) };
}
