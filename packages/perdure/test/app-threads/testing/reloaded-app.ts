import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before } from "node:test";
import { Folder, PERDURE } from "../../../src/cli/testing/spawn-cli.ts";
import { ThreadApp } from "./thread-app.ts";

/** `say`: which of them ran · `more`: what only this one has. What runs is noted in a file, once for each run. */
const source = (notes: string, say: string, more = "") => `
import { appendFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { activity, entity, http, onStart, onStop, orchestrator } from ${JSON.stringify(PERDURE)};
const note = (text) => appendFileSync(${JSON.stringify(notes)}, text + " by ${say}\\n");
export const says = activity("says", () => "${say}");
export const slow = activity("slow", async () => {
  note("slow began");
  await pause(600);
  return "${say}";
});
export const flow = orchestrator("flow", async (ctx) => {
  const before = await ctx.callActivity(says);
  await ctx.waitForExternalEvent("go");
  return [before, await ctx.callActivity(says)];
});
export const calls = orchestrator("calls", (ctx) => ctx.callActivity(slow));
export const counter = entity("Counter", { initialState: () => 0, operations: { add: (ctx, by) => { ctx.state += by; return "${say}"; } } });
export const counts = orchestrator("counts", (ctx, by) => ctx.entity(counter, "one").call.add(by));
export const told = http("told", { authLevel: "anonymous" }, () => new Response("${say}"));
export const parts = http("parts", { authLevel: "anonymous" }, () => {
  let at = 0;
  return new Response(new ReadableStream({
    async pull(controller) {
      await pause(100);
      controller.enqueue(new TextEncoder().encode("${say}" + at + ","));
      if (++at === 8) controller.close();
    },
  }));
});
export const started = onStart(() => note("started"));
export const stopped = onStop(() => note("stopped"));
${more}
`;

/** An app of one file, which is written and loaded again. */
export class ReloadedApp {
  readonly #folder = new Folder();
  readonly #notes = join(this.#folder.path, "notes.txt");
  #opened: ThreadApp | null = null;

  /** One for all tests of a file. */
  static forAll(): ReloadedApp {
    const app = new ReloadedApp();
    before(async () => {
      app.#opened = await ThreadApp.open({ file: app.write("v1") });
    });
    after(async () => {
      await app.#opened?.[Symbol.asyncDispose]();
      app.#folder[Symbol.dispose]();
    });
    return app;
  }

  get opened(): ThreadApp {
    if (this.#opened === null) throw new Error("it is opened before the first test");
    return this.#opened;
  }

  /** Any text, in place of a version. */
  writeText(text: string): void {
    this.#folder.write("app.mjs", text);
  }

  write(say: string, more?: string): string {
    return this.#folder.write("app.mjs", source(this.#notes, say, more));
  }

  async reload(say: string, more?: string): Promise<void> {
    this.write(say, more);
    await this.opened.threads.reload();
  }

  noted(line: string): number {
    return readFileSync(this.#notes, "utf8")
      .split("\n")
      .filter((one) => one === line).length;
  }

  async told(): Promise<string> {
    return (await this.opened.fetch("told")).text();
  }
}
