import fc from "fast-check";
import type { OrchestratorContext } from "perdure";
import { activity, orchestrator } from "perdure";

/** A random orchestration. Ids are given when it is complete. */
export type Step =
  | { readonly kind: "call"; readonly fails: number }
  | { readonly kind: "wait" | "timer" }
  | { readonly kind: "child" | "guard"; readonly steps: Program }
  | { readonly kind: "all"; readonly branches: readonly Program[] };
export type Program = readonly Step[];

const { program } = fc.letrec<{ program: Program; step: Step }>((tie) => ({
  program: fc.array(tie("step"), { minLength: 1, maxLength: 3 }),
  step: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    { weight: 5, arbitrary: fc.record({ kind: fc.constant("call" as const), fails: fc.constantFrom(0, 0, 0, 1, 2) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("wait" as const, "timer" as const) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("child" as const, "guard" as const), steps: tie("program") }) },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant("all" as const), branches: fc.array(tie("program"), { minLength: 2, maxLength: 3 }) }),
    },
  ),
}));
export const programs = program;

export interface Run {
  /** The same for a fork: by it and the place of a step its calls are known. */
  readonly root: string;
  readonly at: string;
  readonly steps: Program;
}

/** How often each call has run. */
export const runs = new Map<string, number>();

const step = activity("step", ({ key, fails }: { readonly key: string; readonly fails: number }) => {
  const count = (runs.get(key) ?? 0) + 1;
  runs.set(key, count);
  if (count <= fails) throw new Error(`${key} fails for the ${count}th time`);
  return `did ${key}`;
});

async function perform(ctx: OrchestratorContext<Run>, { root, at, steps }: Run): Promise<readonly string[]> {
  const said: string[] = [];
  for (const [index, one] of steps.entries()) {
    const here = `${at}.${index}`;
    switch (one.kind) {
      case "call":
        said.push(await ctx.callActivity(step, { key: `${root}${here}`, fails: one.fails }));
        break;
      case "wait":
        said.push(`got ${await ctx.waitForExternalEvent<string>(`e${here}`)}`);
        break;
      case "timer":
        await ctx.createTimer("1ms");
        said.push(`slept ${here}`);
        break;
      case "child":
        said.push(...(await ctx.callSubOrchestrator(main, { root, at: here, steps: one.steps })));
        break;
      case "guard":
        try {
          said.push(...(await perform(ctx, { root, at: here, steps: one.steps })));
        } catch (error) {
          await ctx.callActivity(step, { key: `${root}${here}.cleanup`, fails: 0 });
          throw error;
        }
        break;
      case "all":
        said.push(
          ...(await Promise.all(one.branches.map((branch, place) => perform(ctx, { root, at: `${here}/${place}`, steps: branch })))).flat(),
        );
        break;
    }
  }
  return said;
}

export const main = orchestrator("main", (ctx: OrchestratorContext<Run>, run: Run) => perform(ctx, run));
export const FUNCTIONS = [main, step];

/** What it says when nothing fails any more: by a plain loop over the same program. */
export function expected({ root, at, steps }: Run): readonly string[] {
  return steps.flatMap((one, index): readonly string[] => {
    const here = `${at}.${index}`;
    switch (one.kind) {
      case "call":
        return [`did ${root}${here}`];
      case "wait":
        return [`got e${here}`];
      case "timer":
        return [`slept ${here}`];
      case "child":
      case "guard":
        return expected({ root, at: here, steps: one.steps });
      default:
        return one.branches.flatMap((branch, place) => expected({ root, at: `${here}/${place}`, steps: branch }));
    }
  });
}

/** Names of the events that the instance itself waits for; children get theirs by their own ids. */
export function eventsOf(steps: Program, at: string): readonly string[] {
  return steps.flatMap((one, index): readonly string[] => {
    const here = `${at}.${index}`;
    if (one.kind === "wait") return [`e${here}`];
    if (one.kind === "guard") return eventsOf(one.steps, here);
    return one.kind === "all" ? one.branches.flatMap((branch, place) => eventsOf(branch, `${here}/${place}`)) : [];
  });
}

/** Children do not wait: their ids are not known before they run. */
export const withoutWaitsInChildren = (steps: Program, inChild = false): Program =>
  steps.map((one): Step => {
    if (one.kind === "wait") return inChild ? { kind: "timer" } : one;
    if (one.kind === "child") return { ...one, steps: withoutWaitsInChildren(one.steps, true) };
    if (one.kind === "guard") return { ...one, steps: withoutWaitsInChildren(one.steps, inChild) };
    return one.kind === "all" ? { ...one, branches: one.branches.map((branch) => withoutWaitsInChildren(branch, inChild)) } : one;
  });
