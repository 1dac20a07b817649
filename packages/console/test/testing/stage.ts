import { after, before } from "node:test";
import type { Browser } from "playwright-core";
import { launchBrowser, noBrowser } from "./browser.ts";
import type { Site } from "./site.ts";

/** What all tests of a file look at: from before the first one until after the last. */
export interface Stage {
  /** Of each test: why there is no browser. */
  readonly skip: string | false;
  readonly browser: Browser;
  readonly site: Site;
}

export function stage(open: () => Promise<Site>): Stage {
  const skip = noBrowser ?? false;
  let browser: Browser | undefined;
  let site: Site | undefined;
  before(async () => {
    if (skip !== false) return;
    browser = await launchBrowser();
    site = await open();
  });
  after(async () => {
    await browser?.close();
    await site?.close();
  });
  return {
    skip,
    get browser() {
      return there(browser);
    },
    get site() {
      return there(site);
    },
  };
}

function there<T>(one: T | undefined): T {
  if (one === undefined) throw new Error("the stage is there while a test runs, and there is a browser");
  return one;
}
