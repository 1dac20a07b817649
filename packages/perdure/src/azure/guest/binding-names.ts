import { didYouMean, nearestName } from "../../errors/nearest-name.ts";
import type { Binding } from "./core-types.ts";

/** Of bindings by their types: what they may say beside type, direction and name. */
const PROPERTIES = {
  orchestrationTrigger: ["orchestration"],
  activityTrigger: ["activity"],
  entityTrigger: ["entityName"],
  httpTrigger: ["authLevel", "methods", "route"],
  timerTrigger: ["schedule", "runOnStartup", "useMonitor"],
  queueTrigger: ["queueName", "connection"],
  blobTrigger: ["path", "connection", "source"],
  serviceBusTrigger: [
    ...["queueName", "topicName", "subscriptionName", "connection"],
    ...["isSessionsEnabled", "cardinality", "autoCompleteMessages"],
  ],
  warmupTrigger: [],
  durableClient: ["taskHub", "connectionName"],
  http: [],
  queue: ["queueName", "connection"],
  blob: ["path", "connection"],
  serviceBus: ["queueName", "topicName", "subscriptionName", "connection"],
} as const satisfies { readonly [type: string]: readonly string[] };

const COMMON: readonly string[] = ["type", "direction", "name", "dataType"];
const TYPES = Object.keys(PROPERTIES) as readonly (keyof typeof PROPERTIES)[];
const TRIGGERS = TYPES.filter((type) => type.endsWith("Trigger"));
const OTHERS = TYPES.filter((type) => !type.endsWith("Trigger"));

/** Without which the binding leads nowhere. */
const NEEDED: ReadonlySet<string> = new Set(["queueName", "path", "schedule", "topicName", "subscriptionName"]);

/** For a type that is not supported: `; did you mean "queueTrigger"?`, or "". The library puts "Trigger" behind what an author wrote as the type of one. */
export function meantTrigger(type: string): string {
  return didYouMean(type, TRIGGERS) || didYouMean(type.replace(/Trigger$/, ""), TRIGGERS);
}

export const meantBinding = (type: string): string => didYouMean(type, OTHERS);

export interface Misspelling {
  readonly text: string;
  /** The binding cannot be used without what was meant. */
  readonly isNeeded: boolean;
}

/** Properties that the type does not have, and that are nearly called as one that is not given. */
export function misspellings(functionName: string, binding: Binding): readonly Misspelling[] {
  const type = TYPES.find((one) => one.toLowerCase() === binding.type.toLowerCase());
  if (type === undefined) return [];
  const own: readonly string[] = PROPERTIES[type];
  const absent = own.filter((property) => binding[property] === undefined);
  return Object.keys(binding).flatMap((given) => {
    const meant = own.includes(given) || COMMON.includes(given) ? null : nearestName(given, absent);
    if (meant === null) return [];
    const text = `The ${type} of the function "${functionName}" has "${given}", which has no effect; did you mean "${meant}"?`;
    return [{ text, isNeeded: NEEDED.has(meant) }];
  });
}
