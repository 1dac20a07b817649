import { fault } from "../../errors/perdure-error.ts";

/** Where an expression stands, for the message about a setting that is missing. */
export type ExpressionPlace =
  | { readonly source: string; readonly setting: string }
  | { readonly function: string; readonly binding: string; readonly property: string };

const EXPRESSION = /%([^%]+)%/g;

/** `%NAME%` replaced by settings, whose names compare without case. Throws SETTING_MISSING. */
export function substituted(text: string, variables: { readonly [name: string]: string | undefined }, place: ExpressionPlace): string {
  return text.replace(EXPRESSION, (_, name: string) => {
    const value = variableNamed(variables, name);
    if (value === undefined || value === "") throw fault("SETTING_MISSING", name, words(place));
    return value;
  });
}

/** Exactly so named, else the first that is so named in other letters. */
function variableNamed(variables: { readonly [name: string]: string | undefined }, name: string): string | undefined {
  const exact = variables[name];
  if (exact !== undefined) return exact;
  const key = Object.keys(variables).find((one) => one.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : variables[key];
}

const words = (place: ExpressionPlace): string =>
  "setting" in place
    ? `"${place.setting}" of ${place.source}`
    : `"${place.property}" of the binding "${place.binding}" of the function "${place.function}"`;
