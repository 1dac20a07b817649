import { fault } from "./errors/perdure-error.ts";

/** As in package.json, under `engines`. */
const OLDEST_NODE = 24;

const { versions, execPath } = process;

/**
 * The entries of the package import this before anything else, so that a Node which is too old says one sentence, whatever it would have failed on
 * (`node:sqlite`, an iterator helper, a syntax) sooner or later. Only what any Node can load may be imported here.
 *
 * Other runtimes name a Node that they follow, and run much of this: but the order in which awaits continue, the deterministic globals and the words
 * about a wrong await stand on Node's own (Bun 1.4 and Deno 2.9 lack its promise hooks), and no test runs on them.
 */
const other = "deno" in versions ? `Deno ${versions.deno}` : "bun" in versions ? `Bun ${versions.bun}` : null;
const isOld = Number.parseInt(versions.node, 10) < OLDEST_NODE;
if (other !== null || isOld) {
  const error =
    other === null ? fault("NODE_TOO_OLD", OLDEST_NODE, versions.node, execPath) : fault("RUNTIME_UNSUPPORTED", other, OLDEST_NODE);
  error.stack = `${error.name}: ${error.message}`; // where it was imported says nothing, and hides the sentence
  throw error;
}
