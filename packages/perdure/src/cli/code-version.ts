import { codeVersionOfApp } from "../functions/code-version.ts";
import type { RegisteredFunction } from "../functions/registry.ts";
import { appSources } from "./app-sources.ts";
import type { StartOptions } from "./hub-options.ts";

/** As given, or by what the files of the app and its functions say. `ofThread`: of functions whose code is elsewhere. */
export const codeVersion = (
  options: StartOptions,
  app: string,
  cwd: string,
  functions: readonly RegisteredFunction[],
  ofThread: readonly string[] = [],
): string => options["code-version"] ?? codeVersionOfApp(functions, [...ofThread, ...appSources(app, cwd)]);
