import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { COMPILED } from "../../build.ts";

/** The page with one widget; nothing is served there, the browser gets it from here. */
const ADDRESS = "http://gallery.test/";
const TYPES: Readonly<Record<string, string>> = { js: "text/javascript", css: "text/css", woff2: "font/woff2", html: "text/html" };
const INDEX = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Widgets</title><link rel="stylesheet" href="gallery.css"><div id="app"></div><script type="module" src="gallery.js"></script></html>`;

export const WIDGETS = [
  ...["icon", "status-mark", "sparkline", "timeline-row", "json-view", "json-editor", "code-frame", "virtual-grid"],
  ...["tabs", "button", "menu", "popover", "notice", "sheet", "box"],
] as const;
/** What differs between the two is in the tokens; these have colours of their own. */
const IN_BOTH = new Set(["status-mark", "timeline-row"]);

/** Over the page, and not in it. */
const OVER = new Set(["menu", "popover", "notice", "sheet", "box"]);

export type Scheme = "light" | "dark";

export const schemesOf = (widget: string): readonly Scheme[] => (IN_BOTH.has(widget) ? ["light", "dark"] : ["light"]);

export const pictureOf = (widget: string, scheme: Scheme): string =>
  join(dirname(fileURLToPath(import.meta.url)), "../pictures", `${widget}.${scheme}.png`);

export interface Gallery {
  picture(widget: string, scheme: Scheme): Promise<Buffer>;
  close(): void;
}

export async function openGallery(browser: Browser): Promise<Gallery> {
  const folder = mkdtempSync(join(tmpdir(), "perdure-gallery-"));
  await build({ ...COMPILED, entryPoints: ["gallery/gallery.tsx"], outdir: folder, assetNames: "[name]" });
  return {
    async picture(widget, colorScheme) {
      const context = await browser.newContext({
        colorScheme,
        viewport: { width: 760, height: OVER.has(widget) ? 320 : 460 },
        locale: "en-GB",
        timezoneId: "UTC",
        reducedMotion: "reduce",
      });
      try {
        const page = await context.newPage();
        await serve(page, folder);
        await page.goto(`${ADDRESS}#${widget}`);
        await page.evaluate("document.fonts.ready");
        if (widget === "menu" || widget === "popover") await page.getByRole("button", { name: "Opens" }).click();
        const shown = OVER.has(widget) ? page : page.locator(".gallery");
        return await shown.screenshot({ animations: "disabled" });
      } finally {
        await context.close();
      }
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const serve = (page: Page, folder: string): Promise<unknown> =>
  page.route(`${ADDRESS}**`, (route) => {
    const path = new URL(route.request().url()).pathname.slice(1);
    const contentType = TYPES[path === "" ? "html" : (path.split(".").at(-1) ?? "")] ?? "text/plain";
    return route.fulfill({ contentType, body: path === "" ? INDEX : readFileSync(join(folder, path)) });
  });
