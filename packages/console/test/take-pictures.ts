// Takes pictures with the browser of the tests: `npm run pictures -- docs` those of the README and the docs, `npm run pictures -- widgets` those that
// widgets.full.test.ts compares with.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { ROOT } from "../../../scripts/lib/paths.ts";
import { launchBrowser } from "./testing/browser.ts";
import { openBusyDay } from "./testing/busy-day.ts";
import { openGallery, pictureOf, schemesOf, WIDGETS } from "./testing/gallery.ts";
import { smallPng } from "./testing/small-png.ts";

interface Shot {
  readonly file: string;
  readonly address: string;
  readonly scheme: "light" | "dark";
  readonly prepare: (page: Page) => Promise<unknown>;
}

const onList = (page: Page) =>
  page
    .getByText(/waits for event/)
    .first()
    .waitFor();
async function onTimeline(page: Page): Promise<void> {
  await page
    .getByRole("row", { name: /ShipParcel/ })
    .first()
    .click();
  await page.getByRole("complementary", { name: /ShipParcel/ }).waitFor();
}

const SHOTS: readonly Shot[] = [
  { file: "instances.png", address: "#/instances?open=1", scheme: "light", prepare: onList },
  { file: "instance.png", address: "#/instances/order-84121", scheme: "light", prepare: onTimeline },
  { file: "instance-dark.png", address: "#/instances/order-84121", scheme: "dark", prepare: onTimeline },
  {
    file: "stopped.png",
    address: "#/instances/order-83977",
    scheme: "light",
    prepare: (page) => page.getByText("What you can do").waitFor(),
  },
];

/** Ticks of rates, and what a row is doing, come after the row. */
const SETTLED_MS = 3_000;

async function docs(browser: Browser): Promise<void> {
  const site = await openBusyDay();
  try {
    for (const { file, address, scheme, prepare } of SHOTS) {
      const context = await browser.newContext({
        colorScheme: scheme,
        viewport: { width: 1_280, height: 800 },
        locale: "en-GB",
        timezoneId: "UTC",
      });
      const page = await context.newPage();
      await page.goto(site.url + address);
      await prepare(page);
      await page.waitForTimeout(SETTLED_MS);
      write(join(ROOT, "docs/console", file), smallPng(await page.screenshot()));
      await context.close();
    }
  } finally {
    await site.close();
  }
}

async function widgets(browser: Browser): Promise<void> {
  const gallery = await openGallery(browser);
  for (const widget of WIDGETS)
    for (const scheme of schemesOf(widget)) write(pictureOf(widget, scheme), await gallery.picture(widget, scheme));
  gallery.close();
}

function write(path: string, picture: Buffer): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, picture);
}

const TAKEN = { docs, widgets } as const;

const [what = "docs"] = process.argv.slice(2);
if (what !== "docs" && what !== "widgets") throw new Error(`There are no pictures of ${what}: docs or widgets`);
const browser = await launchBrowser();
try {
  await TAKEN[what](browser);
} finally {
  await browser.close();
}
