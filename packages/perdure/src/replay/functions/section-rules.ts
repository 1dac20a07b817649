import type { InstanceId } from "../../model/ids.ts";

/** The critical section that an execution stands in, or waits for. One for the whole instance, with all its branches. */
export interface Section {
  readonly entities: readonly InstanceId[];
  readonly isGranted: boolean;
}

export type AskedInSection =
  /** `openCalls`: of entities, asked for before and not answered. */
  | { readonly kind: "lockEntities"; readonly openCalls: number }
  | { readonly kind: "callSubOrchestrator"; readonly name: string }
  | { readonly kind: "callEntity" | "signalEntity"; readonly instanceId: InstanceId };

/** Why that may not be asked for now, or null. Waits, timers, activities and starts are always allowed. */
export function sectionProblem(section: Section | null, asked: AskedInSection): string | null {
  if (section === null) return asked.kind === "lockEntities" ? openCallProblem(asked.openCalls) : null;
  const set = section.entities.join(", ");
  const held = section.isGranted ? "is locked" : "is being locked";
  switch (asked.kind) {
    case "lockEntities":
      return `a second lock was asked for while ${set} ${held}: two locks can wait for each other. Lock all entities at once`;
    case "callSubOrchestrator":
      return `sub-orchestration "${asked.name}" was called while ${set} ${held}: a child that needs one of them would wait for its parent. Start it with startOrchestration, or release the lock first`;
    case "callEntity":
      if (!section.isGranted)
        return `${asked.instanceId} was called before the lock of ${set} was granted: the call could run ahead of it. Await the lock first`;
      if (section.entities.includes(asked.instanceId)) return null;
      return `${asked.instanceId} was called while ${set} is locked: its holder may wait for one of these. Add it to the lock, or release the lock first`;
    case "signalEntity":
      if (!section.entities.includes(asked.instanceId)) return null;
      return `${asked.instanceId} was signaled inside the lock that holds it: the effect is not seen inside the section. Call it`;
  }
}

/** Its entity may be locked by who waits for this lock: then the call is answered only after a section that waits for the answer. */
const openCallProblem = (openCalls: number): string | null =>
  openCalls === 0
    ? null
    : `a lock was asked for while ${openCalls === 1 ? "a call of an entity is" : `${openCalls} calls of entities are`} not answered: each could wait for the other. Await the calls first`;
