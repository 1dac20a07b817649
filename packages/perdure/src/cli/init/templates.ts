export interface TemplateWords {
  readonly what: string;
  /** A page of its own, beside the console. */
  readonly page?: string;
  /** What to do with the running app. */
  readonly tries: readonly string[];
}

/** The apps that are written, each a folder of `templates` in the package. */
export const TEMPLATES = {
  approval: {
    what: "an orchestration that waits for a person, with tests of three days",
    tries: [
      `curl http://localhost:7071/api/expenses/e-1 -d '{"who":"Ada","amount":120}'`,
      `curl http://localhost:7071/api/expenses/e-1/decision -d '{"approved":true,"by":"Grace"}'`,
      "npx perdure history e-1",
    ],
  },
  minimal: { what: "one orchestration, one activity, a test", tries: ["curl http://localhost:7071/api/greet"] },
  agent: {
    what: "an agent whose words a page shows as they come, and which asks a person before it acts, with tests",
    page: "http://localhost:7071/api/agent",
    tries: ["curl http://localhost:7071/api/agent -d 'Please refund order 42'", "npx perdure list"],
  },
  azure: {
    what: "an app for Azure Functions in TypeScript, which runs there too",
    tries: ["curl http://localhost:7071/api/orchestrators/HelloCities", "npx perdure list"],
  },
} as const satisfies { readonly [template: string]: TemplateWords };

export type Template = keyof typeof TEMPLATES;

export const TEMPLATE_NAMES = Object.keys(TEMPLATES) as readonly Template[];

export const DEFAULT_TEMPLATE: Template = "approval";
