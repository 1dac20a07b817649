import assert from "node:assert/strict";

const NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const LABEL = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\[\\\\"n])*"';
const SAMPLE = new RegExp(`^(${NAME})(\\{${LABEL}(?:,${LABEL})*\\})? (-?\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?|\\+Inf|-Inf|NaN)$`);
const HELP = new RegExp(`^# HELP (${NAME}) [^\\n]+$`);
const TYPE = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram)$`);

/** Reads the text format 0.0.4 strictly: help and type once before the samples of each metric, each series once. Values by series. */
export function parsePrometheus(text: string): ReadonlyMap<string, number> {
  assert.ok(text.endsWith("\n"));
  const samples = new Map<string, number>();
  const types = new Map<string, string>();
  let helped: string | null = null;
  let current = "";
  for (const line of text.trimEnd().split("\n")) {
    const help = HELP.exec(line)?.[1];
    const [, typed, type] = TYPE.exec(line) ?? [];
    if (help !== undefined) helped = help;
    else if (typed !== undefined && type !== undefined) {
      assert.equal(helped, typed, "help comes before the type");
      assert.ok(!types.has(typed), `${typed} comes twice`);
      types.set(typed, type);
      current = typed;
    } else {
      const [, name, labels = "", value] = SAMPLE.exec(line) ?? [];
      assert.ok(name !== undefined, `no sample: ${line}`);
      const suffixes = types.get(current) === "histogram" ? ["_bucket", "_sum", "_count"] : [""];
      assert.ok(
        suffixes.some((suffix) => name === current + suffix),
        `${name} is behind ${current}`,
      );
      assert.ok(!samples.has(name + labels), `${name}${labels} comes twice`);
      samples.set(name + labels, Number(value === "+Inf" ? Infinity : value));
    }
  }
  return samples;
}
