import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { TestContext } from "node:test";
import type { Browser, Page } from "playwright-core";

export interface View {
  readonly scheme?: "light" | "dark";
  readonly width?: 1440 | 390;
  /** Sign-in with a wrong key, for example: answers that a browser reports by itself. */
  readonly expected?: RegExp;
}

/** A page that is looked at by a person, and everything that went wrong on it. */
export interface Visit {
  readonly page: Page;
  /** Nothing was said on the console, nothing was refused by the policy, nothing was thrown. */
  assertQuiet(): void;
}

const HEIGHT = { 1440: 900, 390: 844 } as const;

/** Until the end of the test. */
export async function visit(
  t: TestContext,
  browser: Browser,
  address: string,
  { scheme = "light", width = 1440, expected }: View = {},
): Promise<Visit> {
  const context = await browser.newContext({
    colorScheme: scheme,
    viewport: { width, height: HEIGHT[width] },
    locale: "en-GB",
    timezoneId: "UTC",
  });
  t.after(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const problems: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") problems.push(`${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => problems.push(error.stack ?? error.message));
  await page.goto(address);
  return {
    page,
    assertQuiet: () =>
      assert.deepEqual(
        problems.filter((problem) => expected?.test(problem) !== true),
        [],
      ),
  };
}

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary: string }[];
}

/** What axe finds wrong, contrast included. */
export async function assertAccessible(page: Page, what: string): Promise<void> {
  await page.evaluate(AXE);
  const violations = await page.evaluate<readonly Violation[]>("axe.run(document).then(({ violations }) => violations)");
  const found = violations.map(
    ({ id, help, nodes }) => `${id}: ${help}\n${nodes.map((node) => `  ${node.target.join(" ")}\n  ${node.failureSummary}`).join("\n")}`,
  );
  assert.equal(found.length, 0, `${what}\n${found.join("\n")}`);
}

/** Nothing of the page is wider than the screen. */
export async function assertFits(page: Page, what: string): Promise<void> {
  const [wide, seen] = await page.evaluate<readonly [number, number]>("[document.documentElement.scrollWidth, innerWidth]");
  assert.ok(wide <= seen, `${what} is ${wide} px wide on a screen of ${seen}`);
}
