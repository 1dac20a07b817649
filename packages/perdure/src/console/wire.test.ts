import { test } from "node:test";
import type * as wire from "./wire.ts";

/** What JSON carries: nothing else may be on the wire. */
type Json<Value> = Value extends string | number | boolean | null | undefined
  ? Value
  : Value extends Date | bigint | symbol | ((...given: never[]) => unknown)
    ? never
    : { readonly [Key in keyof Value]: Json<Value[Key]> };

const isJson = <Value>(value: Value & Json<Value>): Value => value;

test("answers are plain JSON, and events keep their names and fields", () => {
  const take = <Value>(read: (value: Value & Json<Value>) => Value) => read;
  take<wire.InstanceDetail | wire.Why | wire.HubInfo | wire.InstanceList | wire.Counts | wire.BulkRun | wire.Failures>(isJson);
  take<wire.StreamMessage["data"] | wire.Queue | wire.WorkerList | wire.FunctionList | wire.EntityList | wire.ScheduleList>(isJson);
  take<wire.HistoryPage>(isJson);
  isJson<wire.EventOf<"TaskFailed">>({ kind: "TaskFailed", ts: 1, taskId: 2, failure: { errorType: "E", message: "m" }, ran: 3, by: 4 });
  isJson<wire.EventOf<"EventRaised">>({
    ...{ kind: "EventRaised", ts: 1, name: "Approved" },
    input: { text: "1", bytes: 1, isCut: false, at: "event.7.input" },
  });
});
