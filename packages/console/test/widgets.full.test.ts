import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { launchBrowser, noBrowser } from "./testing/browser.ts";
import type { Gallery } from "./testing/gallery.ts";
import { openGallery, pictureOf, schemesOf, WIDGETS } from "./testing/gallery.ts";

const skip = noBrowser ?? false;
let browser: Browser;
let gallery: Gallery;

before(async () => {
  if (skip !== false) return;
  browser = await launchBrowser();
  gallery = await openGallery(browser);
});
after(async () => {
  gallery?.close();
  await browser?.close();
});

for (const widget of WIDGETS)
  test(`${widget} looks as in its picture`, { skip, timeout: 60_000 }, async () => {
    for (const scheme of schemesOf(widget)) {
      const recorded = pictureOf(widget, scheme);
      const shown = await gallery.picture(widget, scheme);
      if (existsSync(recorded) && readFileSync(recorded).equals(shown)) continue;
      const kept = join(mkdtempSync(join(tmpdir(), "perdure-picture-")), `${widget}.${scheme}.png`);
      writeFileSync(kept, shown);
      assert.fail(
        `${widget} looks otherwise than in ${recorded}: see ${kept}. Is that as it should be, npm run pictures -- widgets records it.`,
      );
    }
  });
