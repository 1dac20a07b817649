import assert from "node:assert/strict";
import { CliProcess } from "../../../src/cli/testing/spawn-cli.ts";

export interface Report {
  readonly code: number | string;
  readonly files: readonly string[];
  readonly functions: { readonly [kind: string]: readonly string[] };
  readonly http: readonly {
    readonly name: string;
    readonly route: string;
    readonly methods: readonly string[];
    readonly streamed: boolean;
  }[];
  readonly triggers: readonly { readonly kind: string; readonly name: string }[];
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
  readonly differences: readonly string[];
  readonly problems: readonly string[];
}

/** `perdure check` in a process of its own, which gets the app's folder and settings as its own. */
export async function check(path: string, args: readonly string[] = []) {
  await using run = new CliProcess(["check", ...args], path);
  const code = await run.exited;
  return { code, output: run.output };
}

export async function report(path: string): Promise<Report> {
  const { code, output } = await check(path, ["--json"]);
  const line = output.split("\n").find((one) => one.startsWith('{"')) ?? "";
  assert.notEqual(line, "", output);
  return { ...(JSON.parse(line) as Report), code };
}
