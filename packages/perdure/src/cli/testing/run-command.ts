import { tmpdir } from "node:os";
import { runCli } from "../run.ts";

export interface CommandRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** `perdure …` inside this process. */
export async function runCommand(
  args: readonly string[],
  { env = {}, cwd = tmpdir() }: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string } = {},
): Promise<CommandRun> {
  const written = { out: "", err: "" };
  const out = (text: string) => {
    written.out += text;
  };
  const err = (text: string) => {
    written.err += text;
  };
  const code = await runCli({ args, env, cwd, out, err, isTerminal: false, keyboard: null, exit: () => {} });
  return { code, ...written };
}
