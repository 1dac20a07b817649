import assert from "node:assert/strict";
import { test } from "node:test";
import { Metrics } from "./metrics.ts";
import { prometheusText } from "./prometheus-text.ts";

const line = (metrics: Metrics, begin: string) =>
  prometheusText(metrics.counted())
    .split("\n")
    .filter((text) => text.startsWith(begin));

test("buckets count what is not above their bound, and the sum and the count are of all", () => {
  const metrics = new Metrics();
  for (const rows of [1, 2, 100, 20_000]) metrics.observe("perdure_commit_rows", [], rows);
  assert.deepEqual(line(metrics, "perdure_commit_rows"), [
    'perdure_commit_rows_bucket{le="1"} 1',
    'perdure_commit_rows_bucket{le="3"} 2',
    'perdure_commit_rows_bucket{le="10"} 2',
    'perdure_commit_rows_bucket{le="30"} 2',
    'perdure_commit_rows_bucket{le="100"} 3',
    'perdure_commit_rows_bucket{le="300"} 3',
    'perdure_commit_rows_bucket{le="1000"} 3',
    'perdure_commit_rows_bucket{le="3000"} 3',
    'perdure_commit_rows_bucket{le="10000"} 3',
    'perdure_commit_rows_bucket{le="+Inf"} 4',
    "perdure_commit_rows_sum 20103",
    "perdure_commit_rows_count 4",
  ]);
});

test("names are escaped, and beyond 200 they are counted together", () => {
  const metrics = new Metrics();
  metrics.add("perdure_retries_total", ['a"b\\c\nd']);
  assert.deepEqual(line(metrics, "perdure_retries_total"), ['perdure_retries_total{activity="a\\"b\\\\c\\nd"} 1']);
  for (let index = 0; index < 300; index += 1) metrics.add("perdure_retries_total", [`A${index}`]);
  const lines = line(metrics, "perdure_retries_total");
  assert.equal(lines.length, 201);
  assert.equal(lines.at(-1), 'perdure_retries_total{activity="other"} 101');
});

test("what another process has counted is added; of one that is gone, how it was counts no more", () => {
  const [child, all] = [new Metrics(), new Metrics()];
  child.add("perdure_retries_total", ["A"], 3);
  child.set("perdure_owned_instances", [], 5);
  all.merge(child.counted());
  all.merge(child.counted(), true);
  assert.deepEqual(line(all, "perdure_retries_total"), ['perdure_retries_total{activity="A"} 6']);
  assert.deepEqual(line(all, "perdure_owned_instances"), ["perdure_owned_instances 5"]);
});
