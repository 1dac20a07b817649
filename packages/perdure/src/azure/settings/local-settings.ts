import { join } from "node:path";
import { didYouMean } from "../../errors/nearest-name.ts";
import { fault } from "../../errors/perdure-error.ts";
import { isRecord } from "../../model/options.ts";
import { trueOrFalse, whole } from "./setting-values.ts";
import type { JsonObject } from "./settings-file.ts";
import { leavesOf, readSettingsFile } from "./settings-file.ts";

/** What local.settings.json says. */
export interface LocalSettings {
  /** `Values`, and connection strings as `ConnectionStrings:NAME`. */
  readonly values: { readonly [name: string]: string };
  readonly port: number | null;
  readonly corsOrigins: readonly string[];
  /** Pages of these origins may call with cookies. */
  readonly corsCredentials: boolean;
  readonly warnings: readonly string[];
}

const FILE = "local.settings.json";
const KEYS = ["IsEncrypted", "Values", "Host", "ConnectionStrings"] as const;
const HOST_KEYS = ["LocalHttpPort", "CORS", "CORSCredentials"] as const;

export function readLocalSettings(folder: string): LocalSettings {
  const file = join(folder, FILE);
  const found = inOurCase(readSettingsFile(file) ?? {}, KEYS);
  if (String(found.IsEncrypted ?? false).toLowerCase() === "true") {
    throw fault(
      "SETTINGS_UNREADABLE",
      file,
      'it is encrypted for one user of one machine ("IsEncrypted": true); run func settings decrypt',
    );
  }
  const host = inOurCase(objectAt(file, found, "Host"), HOST_KEYS);
  const text = (key: (typeof HOST_KEYS)[number]) => (host[key] === undefined || host[key] === null ? null : String(host[key]));
  return {
    values: { ...connections(objectAt(file, found, "ConnectionStrings")), ...values(file, objectAt(file, found, "Values")) },
    port: parsed("LocalHttpPort", text("LocalHttpPort"), whole(0, 65_535)),
    ...cors(text("CORS"), text("CORSCredentials")),
    warnings: [...unknownKeys(found, KEYS, ""), ...unknownKeys(host, HOST_KEYS, "Host.")],
  };
}

/** No browser takes both: every page of the world would act for its user. On Azure such an app does not start either. */
function cors(given: string | null, credentials: string | null): Pick<LocalSettings, "corsOrigins" | "corsCredentials"> {
  const corsOrigins = origins(given ?? "");
  const corsCredentials = parsed("CORSCredentials", credentials, trueOrFalse) === true;
  if (corsCredentials && corsOrigins.includes("*"))
    throw fault("SETTING_INVALID", FILE, "Host.CORSCredentials", credentials, 'false while "Host.CORS" is "*", or origins by their names');
  return { corsOrigins, corsCredentials };
}

/** Known keys compare without case. */
const inOurCase = (settings: JsonObject, known: readonly string[]): JsonObject =>
  Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [known.find((one) => one.toLowerCase() === key.toLowerCase()) ?? key, value]),
  );

function objectAt(file: string, settings: JsonObject, key: string): JsonObject {
  const value = settings[key] ?? {};
  if (!isRecord(value)) throw fault("SETTINGS_UNREADABLE", file, `"${key}" is not an object`);
  return value;
}

/** They become variables, which are text: a nested object cannot. */
function values(file: string, given: JsonObject): LocalSettings["values"] {
  const entries = Object.entries(given).flatMap(([name, value]): [string, string][] => {
    if (value === null) return [];
    if (typeof value === "object") throw fault("SETTINGS_UNREADABLE", file, `"Values" has "${name}", which is not a text`);
    return [[name, String(value)]];
  });
  return Object.fromEntries(entries);
}

const connections = (given: JsonObject): LocalSettings["values"] =>
  Object.fromEntries(
    leavesOf(given)
      .filter(({ path }) => path.length === 1 || path.at(-1)?.toLowerCase() === "connectionstring")
      .map(({ path, text }) => [`ConnectionStrings:${path[0]}`, text]),
  );

const origins = (text: string): readonly string[] => [
  ...new Set(
    text
      .split(",")
      .map((one) => one.trim())
      .filter((one) => one !== ""),
  ),
];

function parsed<T>(
  key: string,
  text: string | null,
  kind: { readonly expected: string; readonly parse: (text: string) => T | null },
): T | null {
  if (text === null || text === "") return null;
  const value = kind.parse(text);
  if (value === null) throw fault("SETTING_INVALID", FILE, `Host.${key}`, text, kind.expected);
  return value;
}

function unknownKeys(settings: JsonObject, known: readonly string[], above: string): readonly string[] {
  return Object.keys(settings)
    .filter((key) => !known.includes(key))
    .map((key) =>
      unknownKey(
        FILE,
        above + key,
        known.map((one) => above + one),
      ),
    );
}

export const unknownKey = (source: string, key: string, known: readonly string[]): string =>
  `${source}: "${key}" is not a known setting${didYouMean(key, known) || "."} It has no effect.`;
