import { fault } from "./errors/perdure-error.ts";

/** As in package.json, under `engines`. */
const OLDEST_NODE = 24;

const { versions, execPath } = process;

/**
 * The entries of the package import this before anything else, so that a Node which is too old says one sentence, whatever it would have failed on
 * (`node:sqlite`, an iterator helper, a syntax) sooner or later. Only what any Node can load may be imported here. Other runtimes name a
 * Node that they follow, which says little of what they can do.
 */
if (!("deno" in versions || "bun" in versions) && Number.parseInt(versions.node, 10) < OLDEST_NODE) {
  const error = fault("NODE_TOO_OLD", OLDEST_NODE, versions.node, execPath);
  error.stack = `${error.name}: ${error.message}`; // where it was imported says nothing, and hides the sentence
  throw error;
}
