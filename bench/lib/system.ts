/** The orchestrations that every system runs, ours and the peers', with the same inputs and outputs. */
export type ProgramName = "hello" | "fan-out" | "event" | "long";

/** What a scenario needs of the engine under test. The driver, the system and its worker share one process. */
export interface System {
  /** Read back from the open connection; null when nothing is kept on disk. */
  readonly fsync: boolean | null;
  /** Resolves when the system has accepted the start: for durable ones, when it is on disk. */
  start(program: ProgramName, input: number): Promise<Run>;
  close(): Promise<void>;
}

export interface Run {
  /** Resolves when the orchestrator has run up to its first wait. */
  waiting(): Promise<void>;
  /** Raises the event that the program "event" waits for; resolves when it is accepted. */
  raise(payload: number): Promise<void>;
  /** The output as a caller of the system gets it. */
  result(): Promise<unknown>;
}

export const CITIES: readonly string[] = ["Tokyo", "Seattle", "London", "Cairo", "Lima"];
export const EVENT_NAME = "go";

export const greeting = (city: string, n: number): string => `Hello ${city} ${n}!`;

/** Fan-out of the input's count of items, numbered from 0; each activity squares its item, the orchestrator adds up. */
export const FAN_OUT = 1_000;

/** Bodies of the activities. No-ops, but with an output that depends on the input, so that every result can be checked. */
export const activities = {
  hello: (input: { readonly city: string; readonly n: number }): string => greeting(input.city, input.n),
  square: (n: number): number => n * n,
  tick: (n: number): number => {
    onTick(n);
    return n + 1;
  },
} as const;

let onTick: (n: number) => void = () => {};

/** Lets the scenario `long-history` see when each activity runs. One listener at a time: there is one driver per process. */
export function listenToTicks(listener: (n: number) => void): void {
  onTick = listener;
}

/** What each program must answer. The load drivers compare every output with it. */
export function expectedOutput(program: Exclude<ProgramName, "event">, input: number): unknown {
  switch (program) {
    case "hello":
      return CITIES.map((city) => greeting(city, input));
    case "fan-out":
      return Array.from({ length: FAN_OUT }, (_, index) => (input + index) ** 2).reduce((sum, square) => sum + square, 0);
    case "long":
      return input;
  }
}

/** One orchestration from start to its checked result. */
export async function runOnce(system: Pick<System, "start">, program: Exclude<ProgramName, "event">, input: number): Promise<void> {
  const run = await system.start(program, input);
  verify(program, input, await run.result(), expectedOutput(program, input));
}

/** Throws unless `actual` is `expected`, compared as JSON: outputs cross a process border in all of these systems. */
export function verify(program: ProgramName, input: number, actual: unknown, expected: unknown): void {
  const got = JSON.stringify(actual);
  const wanted = JSON.stringify(expected);
  if (got !== wanted) throw new Error(`${program}(${input}) gave ${String(got)} instead of ${String(wanted)}`);
}
