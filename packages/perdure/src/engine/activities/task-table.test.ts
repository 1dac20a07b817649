import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { TaskKey } from "../../model/executor.ts";
import { eventId, instanceNo } from "../../model/ids.ts";
import { TaskTable } from "./task-table.ts";

test("it finds what a map by the whole key finds, for instances with one task and with many", () => {
  const key = fc.record({ no: fc.nat(5), generation: fc.nat(1), eventId: fc.nat(4) });
  fc.assert(
    fc.property(fc.array(key, { maxLength: 300 }), (keys) => {
      const table = new TaskTable<{ readonly request: TaskKey }>();
      const model = new Map<string, { readonly request: TaskKey }>();
      for (const plain of keys) {
        const request: TaskKey = { no: instanceNo(plain.no), generation: plain.generation, eventId: eventId(plain.eventId) };
        const text = JSON.stringify(plain);
        const known = model.get(text);
        assert.equal(table.get(request), known);
        if (known === undefined) {
          const task = { request };
          assert.equal(table.has(task), false);
          table.add(task);
          model.set(text, task);
          assert.equal(table.has(task), true);
        } else {
          table.delete(known);
          model.delete(text);
        }
        assert.equal(table.size, model.size);
        assert.deepEqual(new Set(table.values()), new Set(model.values()));
      }
    }),
  );
});
