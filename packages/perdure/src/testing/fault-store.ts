import type { Message } from "../model/message.ts";
import { isReply } from "../model/message.ts";
import type { GroupCommit, OutgoingMessage } from "../store/commit.ts";
import type { Store } from "../store/contract.ts";
import { StoreRefusalError } from "../store/errors.ts";
import type { StoreMethod } from "./store-proxy.ts";
import { interceptStore } from "./store-proxy.ts";
import type { NodeTime, VirtualTime } from "./virtual-time.ts";

/** What happens to one call on its way to the store and back. */
export type CallOutcome =
  | { readonly kind: "pass" }
  /** Refused before it was written: lock time-out, deadlock; or there is no room for it. */
  | { readonly kind: "busy"; readonly forRoom: boolean }
  /** Refused as not its own, as after a defect or a store that disagrees: the worker reads all that it owns again. */
  | { readonly kind: "refused" }
  /** The answer is lost; whether it was written is not known to the caller. */
  | { readonly kind: "lost"; readonly written: boolean }
  /** The connection hangs and breaks after `afterMs`; nothing is written. */
  | { readonly kind: "away"; readonly afterMs: number }
  /** On its way, and on its way back, for this long. */
  | { readonly kind: "slow"; readonly thereMs: number; readonly backMs: number };

export const PASS: CallOutcome = { kind: "pass" };

/** Who decides what goes wrong. */
export interface Weather {
  /** Asked once for each call. */
  outcomeOf(method: StoreMethod): CallOutcome;
  /** An effect boundary: right before a call leaves, right after its answer came. The process may die in here. */
  boundary(point: string): void;
  /** How often a mail read brings each row: 1, or 2 for a repeated delivery. */
  readonly copies: number;
  /** Counts a delivery that was made twice. */
  duplicated(): void;
  /** False: a hint of other processes does not arrive. */
  hint(): boolean;
  /** True: the answer of this commit, which is in the store by now, comes behind the next mail that is read. */
  holdsAnswer(): boolean;
  /** Counts an answer that came behind mail which was read after its commit was written. */
  heldAnswer(): void;
}

const LOCKED = { kind: "busy", detail: "another writer holds the lock (injected)" } as const;
const NO_ROOM = { kind: "busy", detail: "there is no room (injected)", lessMayFit: true } as const;

/** An answer that is held back, and no mail is read: it comes after this, as if nothing had been. */
const HELD_AT_MOST_MS = 5_000;

/**
 * One process's way to the store. Calls that were sent reach the store even when their sender dies; answers get lost then, and reach a
 * frozen process when it thaws.
 */
export function linkStore(store: Store, time: NodeTime, world: VirtualTime, weather: Weather): Store {
  const linked = interceptStore(store, (method, call) => send(method, call, { time, world, weather }));
  const held = new HeldAnswers(time, weather);
  return {
    ...linked,
    commit: async (batch) => {
      const receipt = await linked.commit(weather.copies > 1 ? doubled(batch, weather) : batch);
      // Only where it could do harm: rows of this batch lie in the inboxes of instances that its worker owns.
      if (receipt.mailFor.length > 0 && weather.holdsAnswer()) await held.untilMailIsRead();
      return receipt;
    },
    deliver: async (params) => {
      const receipt = await linked.deliver(params);
      if (weather.copies > 1 && isRepeatable(params.message) && receipt.outcome === "delivered") {
        weather.duplicated();
        await linked.deliver(params);
      }
      return receipt;
    },
    look: async (params) => {
      const waiting = held.take();
      const seen = await linked.look(params);
      held.release(waiting);
      if (weather.copies === 1 || seen.mail.length === 0) return seen;
      for (const _ of seen.mail) weather.duplicated();
      return { ...seen, mail: seen.mail.flatMap((row) => [row, row]) };
    },
    onForeignChange: (listener) =>
      store.onForeignChange(() => {
        if (weather.hint()) time.soon(listener);
      }),
    onEnds: (listener) =>
      store.onEnds((ended) => {
        if (weather.hint()) time.soon(() => listener(ended));
      }),
    // The store outlives its callers.
    close: () => Promise.resolve(),
  };
}

/** Answers of one process's commits that wait until mail was read after they were written. */
class HeldAnswers {
  readonly #time: NodeTime;
  readonly #weather: Weather;
  #waiting: (() => void)[] = [];

  constructor(time: NodeTime, weather: Weather) {
    this.#time = time;
    this.#weather = weather;
  }

  untilMailIsRead(): Promise<void> {
    return new Promise((resolve) => {
      let isOver = false;
      const answer = (wasHeld: boolean) => {
        if (isOver) return;
        isOver = true;
        if (wasHeld) this.#weather.heldAnswer();
        resolve();
      };
      this.#waiting.push(() => answer(true));
      this.#time.after(HELD_AT_MOST_MS, () => answer(false));
    });
  }

  /** A read begins: what is held now was written before it. */
  take(): readonly (() => void)[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    return waiting;
  }

  /** The rows are there: the caller has them before the answers come. */
  release(waiting: readonly (() => void)[]): void {
    for (const answer of waiting) this.#time.after(1, answer);
  }
}

interface Road {
  readonly time: NodeTime;
  readonly world: VirtualTime;
  readonly weather: Weather;
}

function send<T>(method: StoreMethod, call: () => Promise<T>, road: Road): Promise<T> {
  const { time, world, weather } = road;
  return new Promise<T>((resolve, reject) => {
    if (time.isDead) return;
    weather.boundary(`${method}:before`);
    if (time.isDead) return;
    const outcome = weather.outcomeOf(method);
    const arrive = (answer: () => void) => {
      time.deliver(() => {
        weather.boundary(`${method}:after`);
        if (!time.isDead) answer();
      });
    };
    const go = (backMs: number) => {
      call().then(
        (value) => (backMs === 0 ? arrive(() => resolve(value)) : world.after(backMs, () => arrive(() => resolve(value)))),
        (error: unknown) => (backMs === 0 ? arrive(() => reject(error)) : world.after(backMs, () => arrive(() => reject(error)))),
      );
    };
    const fail = (ms: number, error: Error) => world.after(ms, () => arrive(() => reject(error)));
    switch (outcome.kind) {
      case "pass":
        go(0);
        return;
      case "slow":
        world.after(outcome.thereMs, () => go(outcome.backMs));
        return;
      case "busy":
        fail(1, new StoreRefusalError(outcome.forRoom ? NO_ROOM : LOCKED));
        return;
      case "refused":
        fail(1, new StoreRefusalError({ kind: "notOwned", nos: [], missing: false }));
        return;
      case "lost":
        if (outcome.written) call().catch(() => {});
        fail(20, new Error("the connection was lost (injected)"));
        return;
      case "away":
        fail(outcome.afterMs, new Error("the store does not answer (injected)"));
        return;
    }
  });
}

/** Whether a second copy must change nothing: replies name what they answer, and events with an id are known again. */
export const isRepeatable = (message: Message) => isReply(message) || (message.kind === "event" && message.messageId !== undefined);

function doubled(batch: GroupCommit, weather: Weather): GroupCommit {
  const extra: OutgoingMessage[] = [];
  for (const outgoing of batch.messages) if (isRepeatable(outgoing.message)) extra.push(outgoing);
  if (extra.length === 0) return batch;
  for (const _ of extra) weather.duplicated();
  return { ...batch, messages: [...batch.messages, ...extra] };
}
