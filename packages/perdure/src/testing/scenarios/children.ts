import { activity } from "../../functions/activity.ts";
import { orchestrator } from "../../functions/orchestrator.ts";
import type { Scenario } from "./scenario.ts";
import { expectEnd, expectSame } from "./scenario.ts";

export const childScenarios: readonly Scenario[] = [
  {
    name: "children",
    features: ["sub-orchestration", "sub-orchestration failure", "fire and forget"],
    instances: 5,
    functions: () => {
      const double = activity("children.double", (n: number) => n * 2);
      const child = orchestrator("children.child", async (ctx, n: number) => {
        if (n < 0) throw new Error(`negative: ${n}`);
        return ctx.callActivity(double, n);
      });
      const main = orchestrator("children", async (ctx) => {
        const stray = ctx.startOrchestration(child, 21, { instanceId: `${ctx.instanceId}-stray` });
        const [a, b] = await Promise.all([
          ctx.callSubOrchestrator(child, 1),
          ctx.callSubOrchestrator(child, 2, { instanceId: `${ctx.instanceId}-c` }),
        ]);
        const failed = await ctx.callSubOrchestrator(child, -1).then(
          () => "no",
          (error: { failure?: { message: string } }) => error.failure?.message,
        );
        return { a, b, failed, stray };
      });
      return [double, child, main];
    },
    async drive(run) {
      await run.client.start({ name: "children", instanceId: run.id });
      await expectEnd(run, run.id, "Completed", { a: 2, b: 4, failed: "negative: -1", stray: `${run.id}-stray` });
      await expectEnd(run, `${run.id}-stray`, "Completed", 42);
      await expectEnd(run, `${run.id}-c`, "Completed", 4);
    },
  },
  {
    name: "child-retry",
    features: ["sub-orchestration retry"],
    instances: 4,
    functions: (env) => {
      // Counts its runs in an activity: a child does not know which attempt it is.
      const count = activity("child-retry.count", (id: string) => env.note(id));
      const child = orchestrator("child-retry.child", async (ctx, of: string) => {
        if ((await ctx.callActivity(count, of)) < 3) throw new Error("not yet");
        return "at last";
      });
      const main = orchestrator("child-retry", (ctx) =>
        ctx.callSubOrchestrator(child, `${ctx.instanceId} tried`, { retry: { maxAttempts: 5, firstInterval: "50ms" } }),
      );
      return [count, child, main];
    },
    async drive(run) {
      await run.client.start({ name: "child-retry", instanceId: run.id });
      await expectEnd(run, run.id, "Completed", "at last");
    },
  },
  {
    name: "child-conflict",
    features: ["child id conflict"],
    instances: 2,
    functions: () => {
      const waits = orchestrator("child-conflict.waits", (ctx) => ctx.waitForExternalEvent<string>("go"));
      const main = orchestrator("child-conflict", (ctx, id: string) =>
        ctx.callSubOrchestrator("child-conflict.waits", null, { instanceId: id }).then(
          () => "started",
          (error: { failure?: { errorType: string } }) => error.failure?.errorType,
        ),
      );
      return [waits, main];
    },
    async drive(run) {
      await run.client.start({ name: "child-conflict.waits", instanceId: `${run.id}-w` });
      await run.client.start({ name: "child-conflict", instanceId: run.id, input: `${run.id}-w` });
      await expectEnd(run, run.id, "Completed", "InstanceExistsError");
      await run.client.raise(`${run.id}-w`, "go", "gone");
      await expectEnd(run, `${run.id}-w`, "Completed", "gone");
    },
  },
  {
    name: "terminate-family",
    features: ["terminate recursively", "terminate"],
    instances: 6,
    functions: () => {
      const leaf = orchestrator("family.leaf", (ctx) => ctx.waitForExternalEvent("never"));
      const branch = orchestrator("family.branch", async (ctx): Promise<void> => {
        await ctx.callSubOrchestrator(leaf, undefined, { instanceId: `${ctx.instanceId}-leaf` });
      });
      const root = orchestrator("family.root", async (ctx): Promise<void> => {
        await ctx.callSubOrchestrator(branch, undefined, { instanceId: `${ctx.instanceId}-branch` });
      });
      return [leaf, branch, root];
    },
    async drive(run) {
      for (const kind of ["all", "one"]) {
        const id = `${run.id}-${kind}`;
        await run.client.start({ name: "family.root", instanceId: id });
        await run.client.until(`${id}-branch-leaf`, (shadow) => shadow.status === "Running");
        await run.client.terminate(id, kind === "all");
        await expectEnd(run, id, "Terminated", "enough");
      }
      await expectEnd(run, `${run.id}-all-branch`, "Terminated", "enough");
      await expectEnd(run, `${run.id}-all-branch-leaf`, "Terminated", "enough");
      const left = await run.client.status(`${run.id}-one-branch`);
      expectSame("the child of one that was terminated alone", left?.runtimeStatus, "Running");
      await run.client.terminate(`${run.id}-one-branch`, true);
      await expectEnd(run, `${run.id}-one-branch-leaf`, "Terminated", "enough");
      await expectEnd(run, `${run.id}-one-branch`, "Terminated", "enough");
    },
  },
];
