import { entity } from "../../functions/entity.ts";
import { orchestrator } from "../../functions/orchestrator.ts";
import type { Scenario } from "./scenario.ts";
import { expectEnd, expectSame } from "./scenario.ts";

/** Writes down what it is told, and whether what was due came early. */
const notes = (name: string) =>
  entity(name, {
    initialState: (): string[] => [],
    operations: {
      note: (ctx, what: string) => {
        ctx.state.push(what);
      },
      due: (ctx, at: number) => {
        ctx.state.push(ctx.now.getTime() >= at ? "due" : `early by ${at - ctx.now.getTime()} ms`);
      },
    },
  });

/** What an entity holds, what clients tell it, and how it goes. */
export const entityLifeScenarios: readonly Scenario[] = [
  {
    name: "held",
    features: ["entity signal", "due signal", "critical section"],
    instances: 3,
    functions: () => {
      const log = notes("held.log");
      const main = orchestrator("held", async (ctx, key: string) => {
        const { signal } = ctx.entity(log, key);
        const at = ctx.currentUtcDateTime.getTime() + 700;
        signal.due(at + 2_000, { at: new Date(at + 2_000) });
        // So many that the history of what is held is begun again when they are taken, with the one above in it.
        for (let n = 0; n < MANY_HELD; n++) signal.due(at, { at: new Date(at) });
        signal.note("at once");
        return "sent";
      });
      const waits = orchestrator("held.waits", async (ctx, key: string) => {
        {
          using lock = await ctx.lock(log.id(key));
          await ctx.createTimer("300ms");
          await lock.entities[0].call.note("locked");
        }
        await ctx.entity(log, key).call.note("after");
        return "done";
      });
      return [log, main, waits];
    },
    async drive(run) {
      const { client, id } = run;
      await client.start({ name: "held.waits", instanceId: `${id}-w`, input: id });
      await client.start({ name: "held", instanceId: id, input: id });
      await expectEnd(run, id, "Completed", "sent");
      await expectEnd(run, `${id}-w`, "Completed", "done");
      await client.untilState("held.log", id, (state) => state?.split(",").length === MANY_HELD + 4);
      const state = JSON.parse(client.stateOf("held.log", id) ?? "[]") as readonly string[];
      expectSame("what was noted", [...new Set(state)].sort(), ["after", "at once", "due", "locked"]);
      expectSame("how often it was due", state.filter((one) => one === "due").length, MANY_HELD + 1);
    },
  },
  {
    name: "deleted",
    features: ["entity call", "entity deletion"],
    instances: 2,
    functions: () => {
      const box = entity("deleted.box", {
        initialState: () => 0,
        operations: {
          fill: (ctx) => {
            ctx.state += 1;
            return ctx.isNew;
          },
        },
      });
      const main = orchestrator("deleted", async (ctx, key: string) => {
        const { call } = ctx.entity(box, key);
        const first = [await call.fill(), await call.fill()];
        await call.delete();
        await ctx.createTimer("3s");
        const second = await call.fill();
        await call.delete();
        return [...first, second];
      });
      return [box, main];
    },
    async drive(run) {
      await run.client.start({ name: "deleted", instanceId: run.id, input: run.id });
      await expectEnd(run, run.id, "Completed", [true, false, true]);
      await run.client.untilGone("deleted.box", run.id);
    },
  },
  {
    name: "signals",
    features: ["signal of a client", "due signal", "entity purge"],
    instances: 2,
    functions: () => {
      const tape = notes("signals.tape");
      return [tape];
    },
    async drive(run) {
      const { client, id } = run;
      const at = run.now() + 900;
      await client.signal("signals.tape", id, "due", { input: at, due: at });
      for (const what of ["a", "b", "c", "d"]) await client.signal("signals.tape", id, "note", { input: what });
      await client.signal("signals.tape", id, "misspelled", {});
      // Where it stands depends on how long the others took.
      await client.untilState("signals.tape", id, (state) => (state === null ? [] : listOf(state)).length === 5);
      const tape = listOf(client.stateOf("signals.tape", id) ?? "[]");
      expectSame(
        "the tape without what was due",
        tape.filter((what) => what !== "due"),
        ["a", "b", "c", "d"],
      );
      await client.signal("signals.tape", id, "note", { input: "held", due: run.now() + 3_600_000 });
      await client.purgeEntity("signals.tape", id);
      await client.untilState("signals.tape", id, (state) => state === null);
    },
  },
];

const listOf = (state: string): readonly string[] => JSON.parse(state) as readonly string[];

const MANY_HELD = 280;
