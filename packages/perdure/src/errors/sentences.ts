import { isBuiltIn } from "./built-in-names.ts";
import { didYouMean } from "./nearest-name.ts";

/** Parts that several messages of the catalogue have in common. */

export function list(names: readonly string[]): string {
  const shown = names.filter((name) => !isBuiltIn(name));
  return shown.length === 0 ? "(none)" : shown.map((name) => `"${name}"`).join(", ");
}

/** In place of an option that is not known: the one that was probably meant, or all. On the command line there are too many to read past the one. */
export function otherOption(where: string, option: string, known: readonly string[]): string {
  const meant = didYouMean(option, known);
  return meant !== "" && option.startsWith("--") ? `${meant} "${where} --help" lists all` : `${meant || "."} Known ones: ${list(known)}`;
}

export function otherCommand(name: string, known: readonly string[]): string {
  const meant = didYouMean(name, known);
  return meant === "" ? `. The commands are: ${list(known)}` : `${meant} "perdure --help" lists all`;
}

/** What else to do where there is an instance with the id already, by what was asked for. */
export const INSTEAD = {
  startNew: 'Choose another id, or start with onExisting: "attach" (gives its handle) or "replace" (starts a new one in its place).',
  start: "Choose another id, or terminate it first.",
  sameId: "Terminate it first, or leave out --same-id: the new one then gets an id of its own.",
  fork: "Choose another id, or give none.",
} as const;

/** An option of the hub, also by its name on the command line, since hosts of both kinds answer with it. */
export const inHost = (option: string) =>
  `${option} (--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} of perdure start)`;

/** In place of the value of an option that stands on a command line without one. */
export const NO_VALUE = Symbol("no value");

export const FUNCTIONS = 'the functions of a worker (of TaskHub.open, or in the app of "perdure start")';

/** What an instance that has not ended in time waits for. */
export const WAITS = {
  forItsEnd: "It continues; ask for its result again later.",
  forResume: "It is suspended, and continues when it is resumed.",
  forWorker:
    'It waits, since no worker runs in this task hub: call hub.start() to run one in this process, or run "perdure start" in another.',
  forFunction: "It waits, since no live worker has its function: start one that has it.",
} as const;

/** In words: the version of an instance, and what live workers take. */
export interface WrongVersion {
  readonly version: string;
  readonly taken: string;
}

/** … when live workers have its function, and do not take its version. */
export const waitsForVersion = ({ version, taken }: WrongVersion) =>
  `It waits, since it has ${version}, and live workers take ${taken}: start one that takes it.`;

export const DURABLE_ADVICE = "Call an activity for I/O, ctx.createTimer for time, ctx.waitForExternalEvent for something from outside.";

export interface HistoryLimits {
  readonly maxHistoryEvents: number;
  readonly maxHistoryBytes: number;
}

/** Those that are set: "5000 events", "5000 events and 1000000 bytes". */
export function historyLimits({ maxHistoryEvents, maxHistoryBytes }: HistoryLimits): string {
  const named = [
    [maxHistoryEvents, "events"],
    [maxHistoryBytes, "bytes"],
  ] as const;
  const set = named.filter(([limit]) => Number.isFinite(limit));
  return set.map(([limit, unit]) => `${limit} ${unit}`).join(" and ");
}

/** Why an address cannot be listened on, by the code of the system, and what to do. */
export const UNUSABLE = {
  EADDRNOTAVAIL: () => `this machine has no such address. ${OWN_ADDRESS}`,
  EAFNOSUPPORT: () => `this machine does not speak that kind of addresses. ${OWN_ADDRESS}`,
  ENOTFOUND: () => `no address is found under that name. ${OWN_ADDRESS}`,
  EACCES: (port: number) => `this user may not use ${port < 1_024 ? "ports below 1024" : "that port"}. Choose another port, such as 7071`,
} as const;

const OWN_ADDRESS = "Give one of its own, 0.0.0.0 for all of them, or localhost";
