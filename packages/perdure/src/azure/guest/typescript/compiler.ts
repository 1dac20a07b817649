import { isRecord } from "../../../model/options.ts";
import { packageOf } from "../../package-of-app.ts";
import type { TsConfig } from "./ts-config.ts";

export type ModuleFormat = "module" | "commonjs";

interface Source {
  readonly path: string;
  readonly text: string;
  readonly format: ModuleFormat;
}

/** What is used of esbuild: an optional package, which an app without entry files in TypeScript does not need. */
interface Esbuild {
  readonly version: string;
  readonly transform: (text: string, options: object) => Promise<{ readonly code: string }>;
  readonly transformSync: (text: string, options: object) => { readonly code: string };
  readonly stop: () => unknown;
}

/** Compiles TypeScript as tsc would, one file at a time, without a look at types. The result has its source map in it. */
export class Compiler {
  readonly #esbuild: Esbuild;
  readonly #compilerOptions: string;

  private constructor(esbuild: Esbuild, { compilerOptions }: Pick<TsConfig, "compilerOptions">) {
    this.#esbuild = esbuild;
    this.#compilerOptions = JSON.stringify({ compilerOptions });
  }

  /** Null: there is no esbuild. */
  static of(folder: string, config: Pick<TsConfig, "compilerOptions">): Compiler | null {
    const found = packageOf(folder, "esbuild");
    return found === null ? null : new Compiler(found as unknown as Esbuild, config);
  }

  get name(): string {
    return `esbuild ${this.#esbuild.version}`;
  }

  /** Throws a SyntaxError that names file and line. */
  compile(source: Source): string {
    try {
      return this.#esbuild.transformSync(source.text, this.#options(source)).code;
    } catch (error) {
      throw syntaxError(error);
    }
  }

  async compileLater(source: Source): Promise<string> {
    return (await this.#esbuild.transform(source.text, this.#options(source))).code;
  }

  /** Its process ends; another compilation starts it again. */
  stop(): void {
    this.#esbuild.stop();
  }

  #options({ path, format }: Source): object {
    return {
      ...{ loader: path.endsWith("x") ? "tsx" : "ts", format: format === "module" ? "esm" : "cjs" },
      ...{ platform: "node", target: `node${process.versions.node}`, keepNames: true },
      ...{ sourcefile: path, sourcemap: "inline", sourcesContent: false },
      ...{ tsconfigRaw: this.#compilerOptions, logLevel: "silent" },
    };
  }
}

function syntaxError(error: unknown): unknown {
  const [first]: readonly unknown[] = isRecord(error) && Array.isArray(error.errors) ? error.errors : [];
  if (!isRecord(first) || !isRecord(first.location)) return error;
  const { file, line, column } = first.location;
  return new SyntaxError(`${String(first.text)} (${String(file)}:${String(line)}:${Number(column) + 1})`, { cause: error });
}
