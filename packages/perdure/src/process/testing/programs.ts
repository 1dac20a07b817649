// What a program loads that a test starts. In the gate that is the package as it is built: a process that loads its few files takes 0.15 s of processor time to
// start, one that loads each source 0.3. A test that is run alone starts it from the sources.
const isBuilt = process.env.TESTS_RUN_DIST !== undefined;

/** Options of Node, with which `import "perdure"` gives the same as {@link entryOf}. */
export const PROGRAM_OPTIONS: readonly string[] = isBuilt ? [] : ["-C", "perdure-source"];

/** The URL of an entry of the package. */
export function entryOf(name: "index" | "cli/main"): string {
  return new URL(isBuilt ? `../../../dist/${name}.js` : `../../${name}.ts`, import.meta.url).href;
}
