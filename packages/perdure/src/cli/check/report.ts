import type { HttpRoute, TriggerSpec } from "../../app-threads/guest.ts";
import type { GivenSetting } from "../../azure/settings/host-settings.ts";
import type { FunctionNames } from "../../model/function-kind.ts";
import { KINDS } from "../../model/function-kind.ts";
import { visible } from "../../model/visible-text.ts";
import { counted, jsonLine } from "../render.ts";

/** What `perdure check` found out about an app. */
export interface CheckedApp {
  readonly app: string;
  readonly kind: "native" | "azure";
  readonly files: readonly string[];
  readonly names: FunctionNames;
  readonly http: readonly HttpRoute[];
  /** First segment of the paths of HTTP functions. */
  readonly routePrefix: string;
  readonly triggers: readonly TriggerSpec[];
  readonly settings: readonly GivenSetting[];
  /** Names of the app's own settings; their values may be secrets. */
  readonly values: readonly string[];
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
  /** What the same app does otherwise on Azure. */
  readonly differences: readonly string[];
  readonly problems: readonly string[];
}

export function reportText(checked: CheckedApp): string {
  const { app, kind, files, names, http, routePrefix, triggers, settings, values } = checked;
  const prefix = routePrefix === "" ? "/" : `/${routePrefix}/`;
  const setting = ({ source, key, text, effect }: GivenSetting) => `${key} = ${text} (${source}): ${effect}`;
  const of = (use: GivenSetting["use"]) => settings.filter((one) => one.use === use).map(setting);
  const what = kind === "azure" ? "An app for Azure Functions" : "A native app";
  return [
    `${what}: ${visible(app)}, ${counted(files.length, "entry file")}\n`,
    section(
      "HTTP functions",
      http.map(({ name, route, methods, authLevel, streamed }) => {
        return `${name}: [${methods.join(",")}] ${prefix}${route}, ${authLevel}${streamed ? ", streamed" : ""}`;
      }),
    ),
    section(
      "Functions",
      KINDS.flatMap((one) => names[one].map((name) => `${name}: ${one}`)),
    ),
    section("Triggers", triggers.map(triggerText)),
    section("Settings used", of("used")),
    section("Settings without effect", of("ignored")),
    section("Variables of local.settings.json", values.length === 0 ? [] : [values.join(", ")]),
    section("Notes", [...checked.warnings, ...checked.notes]),
    section("Different from Azure", checked.differences),
    section("Problems", checked.problems),
    checked.problems.length === 0 ? "\nNo problems were found.\n" : "\nThe app cannot be run as it is.\n",
  ].join("");
}

const section = (title: string, lines: readonly string[]): string =>
  lines.length === 0 ? "" : `\n${title}:\n\n${lines.map((line) => `    ${visible(line)}\n`).join("")}`;

function triggerText(trigger: TriggerSpec): string {
  const { kind, name, ...rest } = trigger;
  const fields = Object.entries(rest).map(([key, value]) => `${key}=${typeof value === "object" ? JSON.stringify(value) : String(value)}`);
  return `${name}: ${kind} ${fields.join(", ")}`;
}

export function reportJson(checked: CheckedApp): string {
  const { names, ...rest } = checked;
  return jsonLine({ ...rest, functions: names });
}
