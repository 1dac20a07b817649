import assert from "node:assert/strict";
import { test } from "node:test";
import { CATALOGUE } from "../../src/errors/catalogue.ts";
import { refusedByBoth } from "./refusals.testsuite.ts";
import { OF_SOMETHING_ELSE, REFUSED_APPS } from "./testing/refused-apps.ts";

/** The others are in the full check: each is two processes. */
for (const app of REFUSED_APPS.slice(0, 1)) refusedByBoth(app);

test("each error of configuration is that of an app which is tried, or has another reason", () => {
  const tried = new Set(REFUSED_APPS.map(({ code }) => code));
  const codes = Object.entries(CATALOGUE).flatMap(([code, { kind }]) => (kind === "configuration" ? [code] : []));
  const untold = codes.filter((code) => !tried.has(code) && !Object.hasOwn(OF_SOMETHING_ELSE, code));
  assert.deepEqual(untold, []);
  const stale = Object.keys(OF_SOMETHING_ELSE).filter((code) => tried.has(code) || !codes.includes(code));
  assert.deepEqual(stale, []);
});
