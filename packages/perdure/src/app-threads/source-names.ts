/** What a build would have made of it, and what the source is called. */
const SOURCES: readonly (readonly [RegExp, readonly string[]])[] = [
  [/\.js$/, [".ts", ".tsx"]],
  [/\.mjs$/, [".mts"]],
  [/\.cjs$/, [".cts"]],
  [/\.jsx$/, [".tsx"]],
  [/(?=$)/, [".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs", "/index.ts", "/index.tsx", "/index.js"]],
];

/** Paths of the sources that TypeScript would find for the path that an import names, in its order. */
export const sourceNames = (path: string): readonly string[] =>
  SOURCES.flatMap(([ending, endings]) => (ending.test(path) ? endings.map((to) => path.replace(ending, to)) : []));

export const isTypeScript = (path: string): boolean => /\.[cm]?tsx?$/.test(path);
