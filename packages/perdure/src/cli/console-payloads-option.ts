import { isMask } from "../console/mask-json.ts";
import type { ConsolePayloads } from "../console/shown-payloads.ts";
import type { OptionSpec } from "./options.ts";

const REDACT = "redact=";

/** `show`, `hide`, `redact=password,card.*`. */
export const consolePayloads = (help: string): OptionSpec<ConsolePayloads> => ({
  kind: "text",
  placeholder: "HOW",
  help,
  expected: 'show, hide, or the fields to mask, such as "redact=password,card.*"',
  parse: (text) => {
    if (text === "show" || text === "hide") return text;
    const fields = text.startsWith(REDACT)
      ? text
          .slice(REDACT.length)
          .split(",")
          .map((field) => field.trim())
      : [];
    return fields.length > 0 && fields.every(isMask) ? { redact: fields } : null;
  },
});
