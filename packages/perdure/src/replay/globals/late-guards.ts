/** A WebSocket begins as a request of HTTP: Node's own class has loaded this module by then, and a package that brings one has too. */
const HTTP = "NativeModule http";

/** Node adds to it what it loads. A runtime that does not tell has none. */
const modules: unknown = Reflect.get(process, "moduleLoadList");

let pending: (() => void) | null = null;
let modulesSeen = 0;
let times = 0;

/**
 * Guards that go in once something could open a connection. Even a look at `globalThis.WebSocket` loads all of Node's HTTP (43 ms, Node 26.10), which many
 * programs with a hub never use: it is left alone until something else has loaded that. Gives the way to take the wait back.
 */
export function guardConnectionsLater(install: () => void): () => void {
  const mine = (): void => install();
  pending = mine;
  modulesSeen = 0;
  guardsInPlace();
  return () => {
    if (pending === mine) pending = null;
  };
}

/**
 * Puts in what has become due, and says how often that has happened. Asked before code of an orchestrator runs and after it: where the answers differ, that
 * code itself was the first that touched Node's HTTP, ran without the guard, and has to be run again. One comparison, as long as Node loads nothing.
 */
export function guardsInPlace(): number {
  if (pending === null) return times;
  // Where nothing is told the guards go in at once.
  if (Array.isArray(modules)) {
    if (modules.length === modulesSeen) return times;
    modulesSeen = modules.length;
    if (!modules.includes(HTTP)) return times;
  }
  const install = pending;
  pending = null;
  install();
  times++;
  return times;
}
