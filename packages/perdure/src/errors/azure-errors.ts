import { entry } from "./entry.ts";
import { shown } from "./shown.ts";

/** Of apps written for Azure Functions: the operator must change a file, a setting or the app. */
export const AZURE_ERRORS = {
  SETTINGS_UNREADABLE: entry(
    "configuration",
    500,
    (file: string, why: string) => `The settings file "${file}" cannot be used: ${why}. Nothing was started.`,
  ),
  SETTING_INVALID: entry(
    "configuration",
    500,
    (source: string, key: string, value: unknown, expected: string) =>
      `${source}: "${key}" is ${shown(value)}; expected ${expected}. Nothing was started.`,
  ),
  SETTING_MISSING: entry(
    "configuration",
    500,
    (setting: string, place: string) =>
      `There is no setting "${setting}", which ${place} refers to as "%${setting}%". Set it in the environment, or in "Values" of local.settings.json. Nothing was started.`,
  ),
  APP_UNSUPPORTED: entry(
    "configuration",
    500,
    (app: string, problems: readonly string[]) =>
      `The Azure app "${app}" cannot be run as it is:${problems.map((problem) => `\n  ${problem}`).join("")}\nNothing was started. "perdure check" lists what the app has and what of it is supported.`,
  ),
  HOST_JSON_MISSING: entry(
    "configuration",
    500,
    (path: string, why: string, folder: string | null) =>
      `"${path}" looks like an app for Azure Functions (by ${why}), and there is no host.json in it. ${
        folder === null ? 'Write one beside its package.json: { "version": "2.0" }' : `The app is the folder that has it: give "${folder}"`
      }. Nothing was started.`,
  ),
  AZURE_CLIENT_MISSING: entry(
    "configuration",
    500,
    (functionName: string, binding: string, client: string, folder: string) =>
      `The function "${functionName}" has a ${binding}, for which the package ${client} is needed; it is neither in ${folder} nor beside Perdure. Install it there: npm install ${client}. Nothing was started.`,
  ),
  CONNECTION_MISSING: entry(
    "configuration",
    500,
    (functionName: string, binding: string, setting: string) =>
      `The function "${functionName}" has a ${binding}, and there is no setting "${setting}" with its connection string. Set it in the environment, or in "Values" of local.settings.json. Nothing was started.`,
  ),
  BINDING_UNUSABLE: entry(
    "configuration",
    500,
    (functionName: string, binding: string, why: string) =>
      `The function "${functionName}" has a ${binding} that cannot be used: ${why}. Correct it, or start the app without the function: AzureWebJobs.${functionName}.Disabled=true.`,
  ),
  COMPILER_MISSING: entry(
    "configuration",
    500,
    (file: string, reason: string) =>
      `The TypeScript file "${file}" cannot be run by Node alone, which takes types out and compiles nothing: ${reason}. Install the compiler esbuild in the app's folder: npm install esbuild; or build the app, and name its output by "main" in package.json. Nothing was started.`,
  ),
  APP_NOT_BUILT: entry(
    "configuration",
    500,
    (folder: string, why: string, how: string, output: string) =>
      `The app in "${folder}" has to be built (${why}), and "npm run build" ${how}.${output === "" ? " " : ` It said:\n${output}\n`}Nothing was started. Run it there and correct what it says.`,
  ),
} as const;
