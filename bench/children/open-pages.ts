import { childArgument, nextMessage, runChild, tellParent } from "../lib/child.ts";

/** Pages of a console, each with the list of instances open, newest first. */
export interface PagesArgument {
  /** Of the console's API. */
  readonly url: string;
  readonly pages: number;
}

export interface PagesOrder {
  readonly kind: "open" | "close";
}

export interface PagesSeen {
  /** Since they were opened, of all of them: how often they have brought what they show up to date. */
  readonly refreshes: number;
}

interface Row {
  readonly id: string;
  readonly completedAt: number | null;
}

/** On a screen of 1,440 px. */
const SEEN_ROWS = 30;
const LIST = "/instances?order=newest&limit=100";

/** Asks what the page asks (packages/console/src/state: list.ts, hub.ts, rates.ts), at the moments at which it asks that. New rows are on top at once. */
class ListPage {
  refreshes = 0;
  readonly #url: string;
  readonly #closed = new AbortController();
  #seen: readonly Row[] = [];

  constructor(url: string) {
    this.#url = url;
  }

  async open(): Promise<void> {
    const [{ rows }] = await Promise.all([this.#list(), this.#get("/hub"), this.#get("/counts"), this.#get("/workers")]);
    this.#seen = rows.slice(0, SEEN_ROWS);
    void this.#listen().catch(this.#failed);
    await this.#doing(this.#seen);
  }

  close(): void {
    this.#closed.abort();
  }

  async #listen(): Promise<void> {
    let text = "";
    const stream = await fetch(`${this.#url}/stream`, { signal: this.#closed.signal });
    if (stream.body === null) throw new Error("the stream of changes is empty");
    for await (const chunk of stream.body.pipeThrough(new TextDecoderStream())) {
      const parts = `${text}${chunk}`.split("\n\n");
      text = parts.pop() ?? "";
      if (parts.some((part) => part.startsWith("event: tick"))) void this.#refresh().catch(this.#failed);
    }
  }

  async #refresh(): Promise<void> {
    const { rows } = await this.#list();
    const before = this.#seen;
    this.#seen = rows.slice(0, SEEN_ROWS);
    const known = new Set(idsOf(before));
    const moving = before.filter(({ id, completedAt }) => completedAt === null && rows.some((row) => row.id === id));
    await Promise.all([this.#doing(moving), this.#doing(this.#seen.filter(({ id }) => !known.has(id)))]);
    this.refreshes += 1;
  }

  readonly #failed = (error: unknown): void => {
    if (!this.#closed.signal.aborted) throw error;
  };

  readonly #list = () => this.#get<{ readonly rows: readonly Row[] }>(LIST);
  readonly #doing = (rows: readonly Row[]) => (rows.length === 0 ? [] : this.#post("/instances/doing", { ids: idsOf(rows) }));
  readonly #get = <Answer>(path: string) => this.#ask<Answer>(path, {});
  readonly #post = (path: string, body: object) =>
    this.#ask(path, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json", "x-perdure-console": "1" },
    });

  async #ask<Answer>(path: string, init: RequestInit): Promise<Answer> {
    const response = await fetch(`${this.#url}${path}`, { ...init, signal: this.#closed.signal });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Answer;
  }
}

const idsOf = (rows: readonly Row[]): readonly string[] => rows.map(({ id }) => id);

await runChild(async () => {
  const { url, pages } = childArgument<PagesArgument>();
  let opened: readonly ListPage[] = [];
  for (let order = await nextMessage<PagesOrder>(); order !== null; order = await nextMessage<PagesOrder>()) {
    const refreshes = opened.reduce((sum, page) => sum + page.refreshes, 0);
    for (const page of opened) page.close();
    opened = order.kind === "open" ? Array.from({ length: pages }, () => new ListPage(url)) : [];
    await Promise.all(opened.map((page) => page.open()));
    await tellParent({ refreshes } satisfies PagesSeen);
  }
});
