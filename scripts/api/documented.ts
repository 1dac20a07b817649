import type { Declaration } from "./declarations.ts";

/** A place of a page: what stands below a heading, its own headings included. */
export interface Section {
  readonly anchor: string;
  readonly text: string;
}

/** As GitHub makes anchors of headings. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");

export function sectionsOf(page: string): Section[] {
  const lines = page.split("\n");
  let isCode = false;
  const headings = lines.flatMap((line, index) => {
    if (line.startsWith("```")) isCode = !isCode;
    const [, marks = "", title = ""] = isCode ? [] : (/^(#+) (.*)$/.exec(line) ?? []);
    return marks === "" ? [] : [{ index, level: marks.length, title }];
  });
  return headings.map(({ index, level, title }, at) => {
    const end = headings.slice(at + 1).find((next) => next.level <= level)?.index ?? lines.length;
    return { anchor: anchorOf(title), text: lines.slice(index, end).join("\n") };
  });
}

/** `export → page#anchor`, from the tables whose rows have code on the left and a link on the right. */
export function indexOf(page: string): Map<string, string> {
  const index = new Map<string, string>();
  for (const [, names = "", target = ""] of page.matchAll(/^\| (`[^|]*) \| \[[^\]]*\]\(([^)]+)\) \|$/gm)) {
    for (const [, name = ""] of names.matchAll(/`([^`]+)`/g)) index.set(name, target);
  }
  return index;
}

/** Members of interfaces and classes, and of object types. Phantoms of types (`$call`) and what tells kinds apart (`kind`) are not for users. */
export function membersOf({ text }: Pick<Declaration, "text">): string[] {
  const members = text.matchAll(/^ {4}(?:(?:static|readonly|get|set|abstract) )*([A-Za-z_][\w]*)\??[(<:]/gm);
  const names = Array.from(members, ([, name = ""]) => name);
  return [...new Set(names)].filter((name) => !["constructor", "private", "protected", "kind"].includes(name));
}

/** Words that stand in code, of either kind. */
export function codeWords(text: string): Set<string> {
  const code = Array.from(text.matchAll(/```[\s\S]*?```|`[^`\n]+`/g), ([part]) => part).join(" ");
  return new Set(code.match(/[A-Za-z_$][\w$]*/g));
}
