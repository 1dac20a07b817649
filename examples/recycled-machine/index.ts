import { setTimeout as sleep } from "node:timers/promises";
import { activity, http, orchestrator } from "perdure";

interface Film {
  readonly title: string;
  readonly scenes: number;
  /** How long one scene takes. */
  readonly seconds: number;
}

interface Scene {
  readonly title: string;
  readonly number: number;
  readonly seconds: number;
}

/** Stands for work that keeps a machine busy. It may begin twice, when its machine goes away in the middle: a name that depends on the input alone makes that harmless. */
export const renderScene = activity("RenderScene", async ({ title, number, seconds }: Scene) => {
  await sleep(seconds * 1_000);
  return `${title.toLowerCase().replaceAll(" ", "-")}-${number}.mp4`;
});

/** Two scenes at a time, so that there is always something unfinished when a machine goes away. */
export const renderFilm = orchestrator("RenderFilm", async (ctx, { title, scenes, seconds }: Film) => {
  const files: string[] = [];
  while (files.length < scenes) {
    const next = [files.length + 1, files.length + 2].filter((number) => number <= scenes);
    files.push(...(await Promise.all(next.map((number) => ctx.callActivity(renderScene, { title, number, seconds })))));
    ctx.setCustomStatus(`${files.length} of ${scenes} scenes`);
  }
  return { title, files };
});

export const startFilm = http("StartFilm", { route: "films", methods: ["POST"] }, async (request, { client }) => {
  const film = (await request.json()) as Film;
  const run = await client.startNew(renderFilm, { input: film });
  return client.createCheckStatusResponse(request, run.instanceId);
});
