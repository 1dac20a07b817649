import { NO_SLOT_YET, slotId } from "../../model/slot.ts";
import type { TaskRow } from "../../store/rows.ts";
import type { Invariant } from "./invariant.ts";
import type { DumpView } from "./view.ts";

/** The tasks of one key. */
interface OneKey {
  readonly id: string;
  readonly held: readonly TaskRow[];
  /** In their order. */
  readonly line: readonly TaskRow[];
}

/** What must hold of the limits by key (decision 0059). */
export const slotInvariants: readonly Invariant[] = [
  {
    id: "slots-within-limit",
    sentence: "No more calls of one key hold a slot than the limit says with which they came.",
    check: eachKey(({ id, held }, report) => {
      const limit = Math.max(...held.map(limitOf));
      const [last] = held;
      if (held.length > limit) report(last?.no ?? null, `${held.length} calls of ${id} hold a slot, and there are ${limit}`);
    }),
  },
  {
    id: "slots-given",
    sentence: "No call waits for a slot of its key while one is free.",
    check: eachKey(({ id, held, line }, report) => {
      const [first] = line;
      if (first !== undefined && held.length < limitOf(first))
        report(first.no, `task ${first.eventId} waits for a slot of ${id}, of which ${held.length} of ${limitOf(first)} are held`);
    }),
  },
  {
    id: "slots-before-claims",
    sentence: "What runs has its slot.",
    check: eachKey(({ id, line }, report) => {
      for (const { no, eventId, worker } of line)
        if (worker !== null) report(no, `task ${eventId} is claimed by worker ${worker}, and waits for a slot of ${id}`);
    }),
  },
];

function eachKey(check: (key: OneKey, report: Parameters<Invariant["check"]>[1]) => void): Invariant["check"] {
  return ({ dump }: DumpView, report) => {
    const keyed = dump.tasks.filter(({ slot }) => slot !== undefined);
    for (const [id, tasks] of Map.groupBy(keyed, ({ name, slot }) => slotId(name, slot?.key ?? ""))) {
      const [line, held] = [tasks.filter(isInLine).sort(byArrival), tasks.filter((task) => !isInLine(task))];
      check({ id, held, line }, report);
    }
  };
}

const isInLine = ({ notBefore }: TaskRow): boolean => notBefore === NO_SLOT_YET;

const limitOf = ({ slot }: TaskRow): number => slot?.limit ?? 0;

const byArrival = (a: TaskRow, b: TaskRow): number =>
  a.createdAt - b.createdAt || a.no - b.no || a.generation - b.generation || a.eventId - b.eventId;
