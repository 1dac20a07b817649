import { readFileSync } from "node:fs";
import { posix } from "node:path";

/** One named declaration of a `.d.ts` file, all of its overloads, without comments. */
export interface Declaration {
  readonly name: string;
  readonly file: string;
  readonly text: string;
}

interface Module {
  readonly declared: ReadonlyMap<string, string>;
  /** Local name → where it comes from, under which name. */
  readonly imported: ReadonlyMap<string, Origin>;
  /** Names that it hands on. */
  readonly exported: ReadonlyMap<string, Origin>;
}
interface Origin {
  readonly file: string;
  readonly name: string;
}

const DECLARES = /^(?:export )?(?:declare )?(?:abstract )?(?:class|interface|type|function|const|let) ([A-Za-z_$][\w$]*)/;
const IMPORTS = /^(import|export) (?:type )?\{([^}]*)\} from "(\.[^"]+)";/;

/**
 * Reads the declarations that the compiler has written: one statement after another, each beginning at the margin. This is not a parser of TypeScript, and
 * needs none: the compiler's own layout is regular.
 */
export class Declarations {
  readonly #folder: string;
  readonly #modules = new Map<string, Module>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Names that an entry point exports, in order. */
  exportsOf(entry: string): string[] {
    return [...this.#module(entry).exported.keys()].sort((a, b) => a.localeCompare(b, "en"));
  }

  /** Null for what comes from another package. */
  find(file: string, name: string): Declaration | null {
    const module = this.#module(file);
    const text = module.declared.get(name);
    if (text !== undefined) return { name, file, text };
    const origin = module.exported.get(name) ?? module.imported.get(name);
    return origin === undefined ? null : this.find(origin.file, origin.name);
  }

  /** What a declaration mentions of this package. */
  mentioned({ file, name, text }: Declaration): Declaration[] {
    const module = this.#module(file);
    const words = new Set(text.replaceAll(/"[^"]*"/g, "").match(/[A-Za-z_$][\w$]*/g));
    const known = [...words].filter((word) => word !== name && (module.declared.has(word) || module.imported.has(word)));
    return known.map((word) => this.find(file, word)).filter((found) => found !== null);
  }

  #module(file: string): Module {
    const known = this.#modules.get(file);
    if (known !== undefined) return known;
    const text = readFileSync(`${this.#folder}/${file}`, "utf8").replace(/^\/\/# sourceMappingURL=.*$/m, "");
    const module = readModule(file, text);
    this.#modules.set(file, module);
    return module;
  }
}

export function readModule(file: string, text: string): Module {
  const declared = new Map<string, string>();
  const imported = new Map<string, Origin>();
  const exported = new Map<string, Origin>();
  for (const statement of statementsOf(text)) {
    const [, verb, list = "", from = ""] = IMPORTS.exec(statement) ?? [];
    const name = DECLARES.exec(statement)?.[1];
    if (verb !== undefined) {
      const target = posix.join(posix.dirname(file), from.replace(/\.ts$/, ".d.ts"));
      for (const [outer, inner] of namesOf(list)) (verb === "import" ? imported : exported).set(outer, { file: target, name: inner });
    } else if (name !== undefined) {
      const plain = statement.replace(/^export /, "").replace(/^declare /, "");
      declared.set(name, declared.has(name) ? `${declared.get(name)}\n${plain}` : plain);
      if (statement.startsWith("export ")) exported.set(name, { file, name });
    }
  }
  return { declared, imported, exported };
}

/** `a, type b as c` → (a, a), (c, b). */
function namesOf(list: string): [string, string][] {
  const parts = list.split(",").map((part) => part.trim().replace(/^type /, ""));
  return parts
    .filter((part) => part !== "")
    .map((part) => {
      const [inner = "", outer = inner] = part.split(" as ");
      return [outer, inner];
    });
}

function statementsOf(text: string): string[] {
  const statements: string[] = [];
  for (const line of withoutComments(text).split("\n")) {
    if (/^(?:export|import|declare|interface|type|class|abstract) /.test(line)) statements.push(line);
    else if (line.trim() !== "" && statements.length > 0) statements.push(`${statements.pop()}\n${line}`);
  }
  return statements;
}

/** Strings of declarations hold no comments; what is left of a line that was one alone goes too. */
const withoutComments = (text: string) => text.replaceAll(/^[ \t]*\/\*\*?[\s\S]*?\*\/[ \t]*\n?/gm, "").replaceAll(/\/\*[\s\S]*?\*\//g, "");
