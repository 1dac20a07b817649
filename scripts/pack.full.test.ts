import { npm } from "./lib/npm.ts";
import { PACKAGE } from "./lib/paths.ts";
import { mustPass, testPackedPackage } from "./pack.testsuite.ts";

testPackedPackage(
  "the packed package, installed by npm into an empty folder, runs the README's program",
  { isThorough: true },
  async (folder) => {
    // Packs it, as `npm pack` does, and installs what is in the package: one start of npm instead of two.
    const install = ["install", PACKAGE, "--install-links", "--prefer-offline", "--ignore-scripts"];
    mustPass("npm install of the package", await npm(install, { cwd: folder }));
  },
);
