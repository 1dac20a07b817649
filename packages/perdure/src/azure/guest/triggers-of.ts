import type { HttpRoute, TimerTrigger, TriggerSpec } from "../../app-threads/guest.ts";
import { intervalOf } from "../interval-timers.ts";
import type { ExpressionPlace } from "../settings/substitute.ts";
import { substituted } from "../settings/substitute.ts";
import type { Binding } from "./core-types.ts";

export type FunctionRole = "orchestrator" | "activity" | "entity" | "http" | "timer" | "queue" | "blob" | "serviceBus" | "warmup";

/** Types of triggers, without case. Any other is named and refused. */
const ROLES: { readonly [type: string]: FunctionRole } = {
  orchestrationtrigger: "orchestrator",
  activitytrigger: "activity",
  entitytrigger: "entity",
  httptrigger: "http",
  timertrigger: "timer",
  queuetrigger: "queue",
  blobtrigger: "blob",
  servicebustrigger: "serviceBus",
  warmuptrigger: "warmup",
};

export const roleOf = (binding: Binding): FunctionRole | null => ROLES[binding.type.toLowerCase()] ?? null;
export const isTrigger = (binding: Binding): boolean => binding.type.toLowerCase().endsWith("trigger");

/** A binding as its function's texts have it, `%NAME%` replaced. */
export class BindingReader {
  /** Of the binding, as registered. */
  readonly name: string;
  readonly #function: string;
  readonly #binding: Binding;
  readonly #variables: { readonly [name: string]: string | undefined };

  constructor(functionName: string, name: string, binding: Binding, variables: { readonly [name: string]: string | undefined }) {
    this.#function = functionName;
    this.name = name;
    this.#binding = binding;
    this.#variables = variables;
  }

  text(property: string): string | null {
    const value = this.#binding[property];
    if (typeof value !== "string") return null;
    const place: ExpressionPlace = { function: this.#function, binding: this.name, property };
    return substituted(value, this.#variables, place);
  }

  flag(property: string): boolean | null {
    const value = this.#binding[property];
    return typeof value === "boolean" ? value : null;
  }

  texts(property: string): readonly string[] | null {
    const value = this.#binding[property];
    return Array.isArray(value) ? value.map(String) : null;
  }
}

const AUTH_LEVELS = ["anonymous", "function", "admin"] as const;
const DEFAULT_METHODS = ["GET", "POST"];

/** The route of an HTTP function, or in words why it has none. */
export function httpRoute(name: string, reader: BindingReader, streamed: boolean): HttpRoute | string {
  const given = reader.text("authLevel") ?? "anonymous";
  const authLevel = AUTH_LEVELS.find((level) => level === given.toLowerCase());
  if (authLevel === undefined) return `its authLevel is "${given}"; expected ${AUTH_LEVELS.join(", ")}`;
  const methods = (reader.texts("methods") ?? DEFAULT_METHODS).map((method) => method.toUpperCase());
  const route = (reader.text("route") ?? name).replace(/^\/+/, "");
  return { name, route, methods: methods.length === 0 ? DEFAULT_METHODS : methods, authLevel, streamed };
}

/** What starts a function that is started by something outside; null: its role is another. */
export function triggerSpec(role: FunctionRole, name: string, reader: BindingReader): TriggerSpec | null {
  const connection = reader.text("connection") ?? "";
  switch (role) {
    case "timer":
      return {
        kind: "timer",
        name,
        schedule: reader.text("schedule") ?? "",
        runOnStartup: reader.flag("runOnStartup") ?? false,
        useMonitor: (reader.flag("useMonitor") ?? true) && !isEachMinuteOrMore(reader.text("schedule") ?? ""),
      };
    case "queue":
      return { kind: "queue", name, binding: reader.name, queueName: reader.text("queueName") ?? "", connection };
    case "blob":
      return { kind: "blob", name, binding: reader.name, path: reader.text("path") ?? "", connection };
    case "serviceBus": {
      const queue = reader.text("queueName");
      const topic = { topic: reader.text("topicName") ?? "", subscription: reader.text("subscriptionName") ?? "" };
      return {
        kind: "serviceBus",
        name,
        binding: reader.name,
        source: queue === null ? topic : { queue },
        connection,
        isSessionsEnabled: reader.flag("isSessionsEnabled") ?? false,
        isMany: reader.text("cardinality")?.toLowerCase() === "many",
        autoComplete: reader.flag("autoCompleteMessages") ?? true,
      };
    }
    default:
      return null;
  }
}

/** Why its schedule cannot be kept, in words; null: it can. Whether a pattern has a next time is found out when it is loaded. */
export function scheduleProblem({ schedule }: TimerTrigger, timeZone: string | undefined): string | null {
  if (intervalOf(schedule) !== null) return null;
  const fields = schedule.trim().split(/\s+/).length;
  if (fields !== 5 && fields !== 6)
    return `its schedule is "${schedule}"; expected six fields (second minute hour day month weekday), or five, or a time such as "00:05:00"`;
  if (timeZone === undefined || isZone(timeZone)) return null;
  return `the setting WEBSITE_TIME_ZONE is "${timeZone}"; expected an IANA name such as "Europe/Berlin"`;
}

const MINUTE_MS = 60_000;

/** More than once a minute: as on Azure nothing is made up for then, and the function is not told of other runs. */
function isEachMinuteOrMore(schedule: string): boolean {
  const intervalMs = intervalOf(schedule);
  if (intervalMs !== null) return intervalMs < MINUTE_MS;
  const [seconds = "", ...others] = schedule.trim().split(/\s+/);
  return others.length === 5 && others.every((field) => field === "*") && !/^\d+$/.test(seconds);
}

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}
