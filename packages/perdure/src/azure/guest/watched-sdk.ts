import { fault } from "../../errors/perdure-error.ts";
import type { EventId } from "../../model/ids.ts";
import { eventId } from "../../model/ids.ts";
import type { SdkAction } from "./sdk-actions.ts";
import { checkedEntity, SDK_ACTION } from "./sdk-actions.ts";
import type { SdkEvent } from "./sdk-events.ts";
import type { SdkExecutor, SdkTask } from "./sdk-executor.ts";

/** What the library gave a number to. */
export interface Asked {
  readonly id: EventId;
  readonly action: SdkAction | "noOp";
  /** Null: nothing is waited for. */
  readonly task: SdkTask | null;
}

/** The library's executor of one orchestration, which says what it gave numbers to, and lets nothing ask for anything between two events. */
export class WatchedSdk {
  readonly sdk: SdkExecutor;
  #asked: Asked[] = [];
  #isRunning = false;

  constructor(sdk: SdkExecutor, name: string, instanceId: string) {
    this.sdk = sdk;
    const { processEvent, trackOpenTask, recordFireAndForgetAction } = sdk;
    sdk.openTasks = Object.create(null); // external events are looked up in here as well, by name
    const process: SdkExecutor["processEvent"] = (event) => {
      this.#isRunning = true;
      try {
        processEvent.call(sdk, event);
      } finally {
        this.#isRunning = false;
      }
    };
    const track: SdkExecutor["trackOpenTask"] = (task) => {
      const isNew = task.id === false && task.children === undefined && !sdk.willContinueAsNew;
      trackOpenTask.call(sdk, task);
      if (isNew) this.#asked.push({ id: eventId(Number(task.id)), action: task.actionObj, task });
    };
    const record: SdkExecutor["recordFireAndForgetAction"] = (action, numbers) => {
      // A replay would not repeat it there, and it would take a number that belongs to another call.
      if (!this.#isRunning) throw fault("LATE_USE", name, instanceId, "signal or release of an entity");
      if (action.actionType === SDK_ACTION.signalEntity) checkedEntity(action.instanceId);
      if (!sdk.willContinueAsNew) this.#asked.push({ id: eventId(sdk.sequenceNumber), action, task: null });
      recordFireAndForgetAction.call(sdk, action, numbers);
    };
    // V8 puts a function that is written behind `object.member =` into its old generation, where it keeps the whole execution until the next full collection.
    sdk.processEvent = process;
    sdk.trackOpenTask = track;
    sdk.recordFireAndForgetAction = record;
  }

  /** User code runs. An event whose name is the number of a task is not the result of that task. */
  process(event: SdkEvent): void {
    const { sdk } = this;
    const { Name: name } = event;
    const task = typeof name === "string" ? sdk.openTasks[name] : undefined;
    if (typeof name !== "string" || task === undefined) {
      sdk.processEvent(event);
      return;
    }
    delete sdk.openTasks[name];
    try {
      sdk.processEvent(event);
    } finally {
      sdk.openTasks[name] = task;
    }
  }

  takeAsked(): readonly Asked[] {
    const asked = this.#asked;
    if (asked.length > 0) this.#asked = [];
    return asked;
  }

  /** The next number, for what the library does not know of. */
  takeNumber(): EventId {
    return eventId(this.sdk.sequenceNumber++);
  }
}
