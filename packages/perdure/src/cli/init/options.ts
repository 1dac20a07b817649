import { CHECK_OPTIONS, choice, flag } from "../option-specs.ts";
import { DEFAULT_TEMPLATE, TEMPLATE_NAMES } from "./templates.ts";

export const INIT_OPTIONS = {
  template: choice("NAME", TEMPLATE_NAMES, `which app: ${TEMPLATE_NAMES.join(", ")} (default ${DEFAULT_TEMPLATE})`),
  json: flag("print what was written as JSON, and an error as one JSON object on standard error"),
  help: CHECK_OPTIONS.help,
} as const;
