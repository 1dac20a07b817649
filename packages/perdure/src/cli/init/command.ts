import { relative, resolve } from "node:path";
import { fault } from "../../errors/perdure-error.ts";
import { visible } from "../../model/visible-text.ts";
import type { CommandIo } from "../command.ts";
import { parseCommandLine } from "../options.ts";
import { packageVersion } from "../package-version.ts";
import { jsonLine } from "../render.ts";
import { INIT_OPTIONS } from "./options.ts";
import type { Template, TemplateWords } from "./templates.ts";
import { DEFAULT_TEMPLATE, TEMPLATES } from "./templates.ts";
import { writeApp } from "./write-app.ts";

const WHERE = "perdure init";

/** Exit code 0: the app is there · 2: nothing was written. */
export async function initCommand(io: CommandIo): Promise<number> {
  const { options, positionals } = parseCommandLine(WHERE, INIT_OPTIONS, io.args, io.env);
  if (positionals.length > 1) throw fault("ARGUMENTS_WRONG", WHERE, "[folder]", positionals);
  const { template = DEFAULT_TEMPLATE, json } = options;
  const folder = resolve(io.cwd, positionals[0] ?? ".");
  const files = writeApp({ folder, template, version: packageVersion() });
  io.out(json === true ? jsonLine({ folder, template, files }) : madeText(relative(io.cwd, folder), template, files));
  return 0;
}

function madeText(folder: string, template: Template, files: readonly string[]): string {
  const lines = (all: readonly string[]) => all.map((line) => `    ${visible(line)}\n`).join("");
  const { what, page, tries }: TemplateWords = TEMPLATES[template];
  return [
    `A new app in ${folder === "" ? "this folder" : visible(folder)}: ${what}.\n\n`,
    lines(files),
    "\nNext:\n\n",
    lines([...(folder === "" ? [] : [`cd ${quoted(folder)}`]), "npm install", "npm run dev"]),
    `\nThen look at http://localhost:7071/console/${page === undefined ? "" : ` and ${page}`}, and in another terminal:\n\n`,
    lines(tries),
    '\n"npm test" runs its tests.\n',
  ].join("");
}

/** As a shell takes it: in double quotes, which Windows knows too, where nothing in it means anything there. */
function quoted(path: string): string {
  if (/^[\w./-]+$/.test(path)) return path;
  return /["$`\\!]/.test(path) ? `'${path.replaceAll("'", "'\\''")}'` : `"${path}"`;
}
