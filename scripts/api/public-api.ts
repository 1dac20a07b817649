import { typedEntries } from "../lib/entry-points.ts";
import { PACKAGE } from "../lib/paths.ts";
import { publishedTypes } from "../lib/published-types.ts";
import type { Declaration } from "./declarations.ts";
import { Declarations } from "./declarations.ts";

/** One entry point of the package with what a user of it can see. */
export interface EntryPoint {
  /** `perdure/testing`. */
  readonly specifier: string;
  readonly exported: readonly Declaration[];
  /** Types of {@link SHOWN} that the exported ones mention, and theirs, which no entry point exports: a user meets them in an editor and cannot name them. */
  readonly mentioned: readonly Declaration[];
  /** `Store from perdure/store`: those that another one exports. */
  readonly elsewhere: readonly string[];
}

/** The package's `exports` that have types, from their declarations as they are published. */
export async function readPublicApi(): Promise<EntryPoint[]> {
  const declarations = new Declarations(await publishedTypes());
  const entries = typedEntries().map(({ specifier, file }) => ({ specifier, exported: exportsOf(declarations, specifier, file) }));
  return entries.map((entry) => withMentioned(declarations, entry, entries));
}

/** Where the types are that authors write against; others are the business of those who change the rooms behind. */
const SHOWN = /^(?:functions|http|task-hub|telemetry|replay\/(?:functions|tasks))\//;

type Exports = Pick<EntryPoint, "specifier" | "exported">;

function exportsOf(declarations: Declarations, specifier: string, file: string): Declaration[] {
  return declarations.exportsOf(file).map((name) => {
    const found = declarations.find(file, name);
    if (found === null) throw new Error(`${specifier} exports "${name}", of which there is no declaration`);
    return { ...found, name };
  });
}

function withMentioned(declarations: Declarations, { specifier, exported }: Exports, entries: readonly Exports[]): EntryPoint {
  const homes = new Map(entries.flatMap((entry) => entry.exported.map(({ text }) => [text, entry.specifier] as const)));
  const seen = new Map(exported.map((one) => [one.text, one] as const));
  const elsewhere = new Set<string>();
  for (const one of seen.values()) {
    for (const other of declarations.mentioned(one)) {
      const home = homes.get(other.text);
      if (home === undefined && SHOWN.test(other.file)) seen.set(other.text, other);
      else if (home !== undefined && !seen.has(other.text)) elsewhere.add(`${other.name} from ${home}`);
    }
  }
  const mentioned = [...seen.values()].slice(exported.length).sort((a, b) => a.name.localeCompare(b.name, "en"));
  return { specifier, exported, mentioned, elsewhere: [...elsewhere].sort() };
}

/** Where the snapshot of an entry point is kept: `api/perdure-testing.md`. */
export const snapshotFile = ({ specifier }: EntryPoint) => `${PACKAGE}/api/${specifier.replace("/", "-")}.md`;

export function snapshotOf({ specifier, exported, mentioned, elsewhere }: EntryPoint): string {
  const block = (declarations: readonly Declaration[]) =>
    `\`\`\`ts\n${declarations.map(({ text }) => text.trimEnd()).join("\n\n")}\n\`\`\`\n`;
  const head = `# \`${specifier}\`\n\nWhat is published, as the compiler sees it. \`npm run api\` writes this page; a test compares it.\n`;
  const more = mentioned.length === 0 ? "" : `\n## Mentioned, not exported\n\n${block(mentioned)}`;
  const others = elsewhere.length === 0 ? "" : `\n## Mentioned, exported by another entry point\n\n${elsewhere.join(", ")}\n`;
  return `${head}\n## Exports\n\n${block(exported)}${more}${others}`;
}
