import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { chromium } from "playwright-core";
import { ROOT } from "../../../../scripts/lib/paths.ts";
import { packageFolder } from "../../build.ts";

/**
 * Flags that a container needs, and no more: those which the package with the browser proposes turn off the security that these tests look at. Hinting would
 * make pictures differ between machines.
 */
const FLAGS = [
  "--no-sandbox",
  "--no-zygote",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--font-render-hinting=none",
  "--hide-scrollbars",
];

interface Found {
  readonly path: string;
  readonly env: { readonly [name: string]: string };
}

/** Why there is none; null: there is one. */
export const noBrowser: string | null =
  process.env.PERDURE_TEST_BROWSER !== undefined || (process.platform === "linux" && process.arch === "x64")
    ? null
    : "there is no browser from npm for this machine: PERDURE_TEST_BROWSER names one of the Chromium family";

export function launchBrowser(): Promise<Browser> {
  const { path, env } = findBrowser();
  return chromium.launch({ executablePath: path, args: FLAGS, env: { ...process.env, ...env } });
}

function findBrowser(): Found {
  const named = process.env.PERDURE_TEST_BROWSER;
  return named === undefined ? unpackedBrowser() : { path: named, env: {} };
}

/** Unpacked once, in 2 s, into a folder of its version; it brings the libraries and fonts that a bare machine lacks. */
function unpackedBrowser(): Found {
  const home = packageFolder(createRequire(import.meta.url), "@sparticuz/chromium");
  const { version }: { readonly version: string } = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
  const folder = join(ROOT, "node_modules/.cache", `chromium-${version}`);
  if (!existsSync(folder)) unpack(home, folder);
  const env = { LD_LIBRARY_PATH: join(folder, "al2023/lib"), FONTCONFIG_PATH: join(folder, "fonts"), HOME: process.env.HOME ?? folder };
  return { path: join(folder, "chromium"), env };
}

/** The fonts lie beside it. The one that comes with them looks for fonts in the folder for temporary files: without them there a bare machine shows no letter. */
const FONTS_CONF = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;

/** Another process may do the same meanwhile: the first to be done counts. */
function unpack(home: string, folder: string): void {
  const made = `${folder}.${process.pid}`;
  mkdirSync(made, { recursive: true });
  const parts = ["chromium.br", "al2023.tar.br", "fonts.tar.br"].map((name) => join(home, "bin", name));
  const script = `
    const { inflate } = await import(${JSON.stringify(pathToFileURL(join(home, "build/lambdafs.js")).href)});
    await Promise.all(${JSON.stringify(parts)}.map((part) => inflate(part)));`;
  // It unpacks into the folder for temporary files, and into no other.
  execFileSync(process.execPath, ["--input-type=module", "-e", script], { env: { ...process.env, TMPDIR: made }, stdio: "inherit" });
  writeFileSync(join(made, "fonts/fonts.conf"), FONTS_CONF);
  try {
    renameSync(made, folder);
  } catch (error) {
    rmSync(made, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
}
