/**
 * Node's crypto, loaded when it is first used: 6 to 9 ms (Node 26.10). A program with a file spends them while the store opens on its own thread, and not before
 * that thread begins.
 */
export const nodeCrypto = (): typeof import("node:crypto") => process.getBuiltinModule("node:crypto");
