import type { TaskHub } from "perdure";
import { openConsole } from "../../packages/perdure/src/console/open-console.ts";
import { createHttpHandler, serveHttp } from "../../packages/perdure/src/http/index.ts";
import type { PagesArgument, PagesOrder, PagesSeen } from "../children/open-pages.ts";
import { Child } from "./child.ts";

/** Who looks on while a load runs, for some of its time. */
export interface Lookers {
  come(): Promise<void>;
  go(): Promise<void>;
  /** For good. */
  close(): Promise<void>;
}

/** A console of this hub in this process, and so many pages of it in another: what a browser needs for itself is not measured. */
export async function openPages(hub: TaskHub, pages: number): Promise<Lookers> {
  const console = openConsole(hub);
  const served = await serveHttp({ handler: createHttpHandler(hub, { mounts: [console] }), port: 0 });
  const child = new Child("children/open-pages.ts", { url: `${served.url}/console/api/v1`, pages } satisfies PagesArgument);
  const tell = (order: PagesOrder) => child.call<PagesSeen>(order);
  return {
    come: async () => void (await tell({ kind: "open" })),
    go: async () => {
      const { refreshes } = await tell({ kind: "close" });
      if (refreshes < pages) throw new Error(`${pages} pages have looked ${refreshes} times: they do not hear of changes`);
    },
    close: async () => {
      await child.stop();
      console.endStreams();
      await served.close();
    },
  };
}
