import type { Callback } from "./core-types.ts";

const HOW = 'write it as a generator: "function* (context)", and "yield" in place of "await"';

const at = (place: string | null): string => (place === null ? "" : ` (${place})`);

/** Why a function cannot be an orchestrator, in words; null: nothing is known against it. What a compiler has made of an async function shows only when it runs. */
export function orchestratorProblem(handler: Callback | undefined, place: string | null): string | null {
  const isAsync = handler !== undefined && /^\[object Async(?:Generator)?Function\]$/.test(Object.prototype.toString.call(handler));
  return isAsync ? `is an orchestrator and an async function${at(place)}; ${HOW}` : null;
}

/** What an orchestrator has returned that is none, in words. A promise that is rejected does not end the thread. */
export function notAGenerator(returned: unknown, place: string | null): string {
  if (returned instanceof Promise) returned.catch(() => {});
  const what = returned instanceof Promise ? "a promise" : returned === undefined ? "nothing" : `a value of type ${typeof returned}`;
  return `It returned ${what} where a generator is expected${at(place)}; ${HOW}.`;
}

/** What gives another value at each run, and what to write for it. */
const CHANGING: readonly (readonly [call: RegExp, name: string, instead: string])[] = [
  [/\bDate\.now\(/, "Date.now()", "context.df.currentUtcDateTime"],
  [/\bnew Date\(\s*\)/, "new Date()", "context.df.currentUtcDateTime"],
  [/\bperformance\.now\(/, "performance.now()", "context.df.currentUtcDateTime"],
  [/\bMath\.random\(/, "Math.random()", "an activity"],
  [/\brandomUUID\(/, "randomUUID()", "context.df.newGuid"],
  [/(?<![.\w$])(?:setTimeout|setInterval)\(/, "setTimeout()", "context.df.createTimer"],
  [/(?<![.\w$])fetch\(/, "fetch()", "context.df.callHttp"],
];

const COMMENTS_AND_TEXTS = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g;

/** What the text of an orchestrator itself asks for that a replay does not repeat. Not what the functions do that it calls. */
export function orchestratorNotes(name: string, handler: Callback | undefined, place: string | null): readonly string[] {
  if (handler === undefined) return [];
  const code = Function.prototype.toString.call(handler).replace(COMMENTS_AND_TEXTS, '""');
  return CHANGING.filter(([call]) => call.test(code)).map(
    ([, call, instead]) =>
      `The orchestrator "${name}" calls ${call}${at(place)}, which gives something else when it is replayed. Use ${instead}.`,
  );
}
