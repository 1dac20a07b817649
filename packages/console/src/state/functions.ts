import { effect, signal } from "@preact/signals";
import type { FunctionInfo } from "../api/wire.ts";
import { counts, listen } from "./hub.ts";
import { readFunctions } from "./reads.ts";
import { isIn } from "./session.ts";

/** Those that live workers offer, and of this app the HTTP functions, too. */
export const functions = signal<readonly FunctionInfo[]>([]);

async function load(): Promise<void> {
  try {
    functions.value = (await readFunctions()).functions;
  } catch {
    // the next time
  }
}

let known = -1;

/** Read again when there is another number of them, or the app was loaded again. */
effect(() => {
  const n = counts.value?.functions ?? 0;
  if (!isIn.value || n === known) return;
  known = n;
  void load();
});

listen("dev", () => void load());

/** Names of orchestrators, which a person can start. Those of Perdure itself begin with `@@` or `BuiltIn::`. */
export const isOwn = ({ name }: { readonly name: string }): boolean => !/^(@@|BuiltIn::)/.test(name);

export const orchestrators = (all: readonly FunctionInfo[]): readonly string[] =>
  all.filter((one) => one.kind === "orchestrator" && isOwn(one)).map(({ name }) => name);
