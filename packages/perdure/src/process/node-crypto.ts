/**
 * Node's crypto, loaded when it is first used: 6 to 9 ms (Node 26.10). A program with a file spends them while the store opens on its own thread, and not before
 * that thread begins.
 */
export function nodeCrypto(): typeof import("node:crypto") {
  loaded ??= process.getBuiltinModule("node:crypto");
  return loaded;
}

let loaded: typeof import("node:crypto") | undefined;
