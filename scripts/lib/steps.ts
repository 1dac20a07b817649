import type { RunResult } from "./run.ts";
import { run, runNodeGroup } from "./run.ts";

export interface Step {
  readonly name: string;
  /** Why the step does not run this time; absent when it does. */
  readonly skipped?: string;
  /** The step prints as it goes; the others print only when they fail. */
  readonly live?: boolean;
  readonly start: () => Promise<RunResult>;
}

export interface Outcome {
  readonly step: Step;
  readonly result: RunResult | null;
}

export function commandStep(name: string, args: readonly string[], live = false): Step {
  return { name, live, start: () => runNodeGroup(args, { live }) };
}

export function skippedStep(name: string, reason: string): Step {
  return { name, skipped: reason, start: () => run(process.execPath, ["--version"]) };
}

/** Runs the steps of one lane one after another; a failure does not stop the lane, so that one run shows everything that is wrong. */
export async function runLane(steps: readonly Step[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const step of steps) {
    const result = step.skipped === undefined ? await step.start() : null;
    outcomes.push({ step, result });
    if (result !== null && !result.ok && step.live !== true) {
      process.stdout.write(`\n✖ ${step.name} failed:\n${result.output}\n`);
    }
  }
  return outcomes;
}

/** Prints a line per step and says whether all of them passed. */
export function summarise(outcomes: readonly Outcome[], wallMilliseconds: number): boolean {
  console.log("");
  for (const { step, result } of outcomes) {
    if (result === null) console.log(`  –  ${step.name.padEnd(24)} skipped: ${step.skipped ?? ""}`);
    else console.log(`  ${result.ok ? "✔" : "✖"}  ${step.name.padEnd(24)} ${seconds(result.milliseconds)}`);
  }
  const failed = outcomes.filter(({ result }) => result !== null && !result.ok).map(({ step }) => step.name);
  console.log(failed.length === 0 ? `\nAll passed in ${seconds(wallMilliseconds)}.` : `\nFAILED: ${failed.join(", ")}`);
  return failed.length === 0;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
