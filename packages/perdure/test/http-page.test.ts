import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ROOT } from "../../../scripts/lib/paths.ts";
import { ROWS } from "../src/http/management-table.testsuite.ts";

test("docs/design/http.md names each route of the management table, with every status that it answers", () => {
  const page = readFileSync(`${ROOT}/docs/design/http.md`, "utf8");
  const written = [...page.matchAll(/^\| `([A-Z]+ \/\S*)` \| ([\d, ]+) \|/gm)].map(([, route, statuses]) => `${route}: ${statuses}`);
  const inCode = ROWS.map(({ method, template, expect }) => {
    const variants = Object.entries(expect).flatMap(([variant, byStatus]) => (variant === "wrong method" ? [] : Object.values(byStatus)));
    const statuses = [...new Set(variants.map(({ status }) => status))].sort((a, b) => a - b);
    return `${method} ${template}: ${statuses.join(", ")}`;
  });
  assert.deepEqual(written.toSorted(), inCode.toSorted());
});
