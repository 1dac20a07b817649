import assert from "node:assert/strict";
import { npm } from "./lib/npm.ts";
import { PACKAGE } from "./lib/paths.ts";
import { mustPass, testPackedPackage } from "./pack.testsuite.ts";

/** 200 KB more than before the console and telemetry (commit 9f77dda4: 2,528,599). */
const MOST_BYTES = 2_728_599;

testPackedPackage(
  "the packed package, installed by npm into an empty folder, runs the README's program",
  { isThorough: true },
  async (folder) => {
    // Packs it, as `npm pack` does, and installs what is in the package: one start of npm instead of two.
    const install = ["install", PACKAGE, "--install-links", "--prefer-offline", "--ignore-scripts"];
    mustPass("npm install of the package", await npm(install, { cwd: folder }));
    const packed = await npm(["pack", "--dry-run", "--json"], { cwd: PACKAGE });
    mustPass("npm pack", packed);
    const [, size = "0"] = /"size": (\d+)/.exec(packed.output) ?? [];
    assert.ok(Number(size) > 0 && Number(size) <= MOST_BYTES, `the package has ${size} bytes`);
  },
);
