import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("./broken-program.ts", import.meta.url));

async function run(door: string): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  const child = spawn(process.execPath, ["-C", "perdure-source", PROGRAM, door], { stdio: ["ignore", "pipe", "pipe"] });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, out, err };
}

/** Each is a call of the store whose answer the engine takes apart far away from it, or a timer. */
export function brokenDoorCase(door: string): void {
  test(`an error of the engine's own behind the door "${door}" ends the process, with what it is and what to do`, async () => {
    const { code, out, err } = await run(door);
    assert.notEqual(code, 0);
    assert.ok(out.split("\n").includes("engine.defect"), out);
    assert.doesNotMatch(out, /still there/);
    assert.match(
      err,
      /ENGINE_DEFECT: Perdure's engine found a state that should not exist, and this process ends\. Nothing that was recorded is lost/,
    );
    assert.match(err, /TypeError: .*undefined/);
  });
}

export function wholeProgramCase(): void {
  test("a program that is whole goes on", async () => {
    const { code, out } = await run("none");
    assert.equal(code, 0);
    assert.match(out, /still there/);
    assert.doesNotMatch(out, /defect|unhandled/);
  });
}
