import assert from "node:assert/strict";
import { test } from "node:test";
import { START_OPTIONS } from "../../packages/perdure/src/cli/option-specs.ts";
import { environmentName } from "../../packages/perdure/src/cli/options.ts";
import { readBlocks } from "./code-blocks.ts";
import { readPages } from "./docs-project.ts";

const guides = readPages().filter(({ path }) => path.startsWith("docs/guides/"));
const blocks = guides.flatMap((page) => readBlocks(page)).filter(({ language }) => language !== "ts");
const specs: {
  readonly [name: string]: { readonly kind: string; readonly env?: true; parse(text: string): unknown };
} = START_OPTIONS;

/** The words of a command line, of a shell or as a list. */
const words = (line: string): string[] => line.split(/[\s,"[\]]+/).filter((word) => word !== "");

/** What follows `perdure start` on a line. */
function startArguments(line: string): string[] | null {
  const all = words(line);
  const at = all.findIndex((word, index) => word === "start" && /perdure(\/dist\/cli\/main\.js)?$/.test(all[index - 1] ?? ""));
  return at < 0 ? null : all.slice(at + 1);
}

test("options of `perdure start` in the guides' files exist, with values that they take", () => {
  let seen = 0;
  for (const { page, code } of blocks) {
    for (const line of code.split("\n")) {
      const args = startArguments(line) ?? [];
      for (const [index, arg] of args.entries()) {
        if (!arg.startsWith("--")) continue;
        seen += 1;
        const spec = specs[arg.slice(2)];
        assert.ok(spec !== undefined, `${page}: there is no ${arg} in: ${line}`);
        const value = spec.kind === "flag" ? "true" : (args[index + 1] ?? "");
        assert.notEqual(spec.parse(value), null, `${page}: ${arg} ${value}`);
      }
    }
  }
  assert.ok(seen >= 10, `${seen} options were found`);
});

test("each PERDURE_ variable of the guides is a setting; those of Kubernetes are named as such", () => {
  const known = Object.entries(specs).flatMap(([name, { env }]) => (env === true ? [environmentName(name)] : []));
  const ofKubernetes = ["PERDURE_SERVICE_HOST"];
  for (const { path, text } of guides) {
    for (const [name] of text.matchAll(/PERDURE_[A-Z_]+[A-Z]/g)) assert.ok([...known, ...ofKubernetes].includes(name), `${path}: ${name}`);
  }
});

test("what ends a host by force waits longer than it may take: the drain time and 5 seconds, and what comes before", () => {
  let seen = 0;
  for (const { page, code } of blocks) {
    for (const part of code.split(/^---$/m)) {
      const drain = /--drain-timeout[", ]+(\d+)s/.exec(part);
      const limit = /(?:terminationGracePeriodSeconds: |TimeoutStopSec=)(\d+)/.exec(part);
      if (drain === null || limit === null) continue;
      seen += 1;
      const before = Number(/preStop:\s+sleep: \{ seconds: (\d+) \}/.exec(part)?.[1] ?? 0);
      assert.ok(Number(limit[1]) >= Number(drain[1]) + 5 + before, `${page}: ${limit[0]}`);
    }
  }
  assert.equal(seen, 3);
});

test("probes ask for what the host answers, on its port", () => {
  const probes = blocks.flatMap(({ code }) =>
    Array.from(code.matchAll(/httpGet: \{ path: (\S+), port: (\d+) \}/g), ([, path, port]) => [path, port]),
  );
  assert.ok(probes.length >= 5);
  for (const [path, port] of probes) {
    assert.match(path ?? "", /^\/(?:healthz|readyz)$/);
    assert.equal(port, "7071");
  }
});
