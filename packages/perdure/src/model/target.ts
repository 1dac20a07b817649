import { isBuiltIn } from "../errors/built-in-names.ts";
import { fault } from "../errors/perdure-error.ts";
import { nameProblem } from "./names.ts";

const KINDS = {
  activity: { article: "an activity", made: "what activity() or activityRef() returned" },
  orchestrator: { article: "an orchestrator", made: "what orchestrator() or orchestratorRef() returned" },
  entity: { article: "an entity", made: "what entity() or entityRef() returned" },
  event: { article: "an external event", made: "what externalEvent() returned" },
} as const;

export type TargetKind = keyof typeof KINDS;

/** The name of what a call is for: a string, or a reference that has one. One of another kind is refused: it would never be found. */
export function targetName(target: unknown, kind: TargetKind, where: string): string {
  if (typeof target === "string") return checked(target, kind, where);
  const { article, made } = KINDS[kind];
  // Every function has a name; one that is defined as an activity has a kind too.
  if ((typeof target !== "object" && typeof target !== "function") || target === null || !("name" in target) || isPlain(target))
    throw fault("OPTION_INVALID", where, kind, target, `the name of ${article}, or ${made}`);
  if ("kind" in target && target.kind !== kind)
    throw fault("CALL_INVALID", where, `"${String(target.name)}" is not ${article}, it is of kind "${String(target.kind)}"`);
  return checked(target.name, kind, where);
}

const isPlain = (target: object): boolean => typeof target === "function" && !("kind" in target);

function checked(name: unknown, kind: TargetKind, where: string): string {
  if (kind !== "event" && typeof name === "string" && isBuiltIn(name)) return name;
  const problem = kind === "event" ? (typeof name === "string" && name !== "" ? null : "it is empty or not a string") : nameProblem(name);
  if (problem === null) return name as string;
  throw fault("OPTION_INVALID", where, kind, name, `the name of ${KINDS[kind].article} (${problem})`);
}
