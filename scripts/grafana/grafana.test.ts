import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { METRICS } from "../../packages/perdure/src/telemetry/metrics/metric-table.ts";
import { ROOT } from "../lib/paths.ts";
import { alertRules } from "./alerts.ts";
import { board } from "./board.ts";

const read = (path: string) => readFileSync(`${ROOT}/${path}`, "utf8");
/** Names as they stand in expressions: of a histogram with one of its endings. */
const named = (text: string) =>
  [...text.matchAll(/\b(?:perdure|process|nodejs)_[a-z_]*[a-z]/g)].map(([name]) => name.replace(/_(?:bucket|sum|count)$/, ""));

test("the dashboard and the alerts are what the table of metrics makes of them: npm run grafana", () => {
  assert.deepEqual(JSON.parse(read("docs/grafana/perdure.json")), board());
  assert.equal(read("docs/grafana/alerts.yml"), alertRules());
});

test("every metric is on the board once, and in the table of docs/guides/monitoring.md; neither names another", () => {
  const names = Object.keys(METRICS).toSorted();
  const { panels } = board() as { readonly panels: readonly { readonly type: string; readonly title: string }[] };
  assert.deepEqual(panels.flatMap(({ type, title }) => (type === "row" ? [] : [title])).toSorted(), names);
  const known = new Set<string>(names);
  for (const name of named(`${JSON.stringify(board())}${alertRules()}`)) assert.ok(known.has(name), `there is no metric ${name}`);
  const page = read("docs/guides/monitoring.md");
  for (const name of named(page)) assert.ok(known.has(name), `docs/guides/monitoring.md names ${name}`);
  for (const name of names) assert.ok(page.includes(`\`${name}\``), `docs/guides/monitoring.md lacks ${name}`);
});
