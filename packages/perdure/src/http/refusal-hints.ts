import { visible } from "../model/visible-text.ts";
import type { EngineLog } from "../telemetry/engine-log.ts";
import type { Refusal } from "./security.ts";
import { originOf } from "./security.ts";

/** The answer has no reason, so the log says once for each kind what has to be set: otherwise a host behind a name of its own seems broken. */
export class RefusalHints {
  readonly #log: EngineLog;
  readonly #said = new Set<Refusal>();

  constructor(log: EngineLog) {
    this.#log = log;
  }

  refused(refusal: Refusal, request: Request, url: URL): void {
    if (this.#said.has(refusal)) return;
    this.#said.add(refusal);
    const message = refusal === "name" ? nameHint(url) : pageHint(request);
    this.#log.write({ level: "warn", event: "http.refusedWithoutKey", message, fields: { refusal } });
  }
}

const nameHint = (url: URL): string =>
  `A request under the name ${visible(url.host)} was refused (403): without a key only callers on this machine are let in. To serve others, give the hub a key.`;

const pageHint = ({ headers }: Request): string => {
  const origin = headers.get("origin") ?? originOf(headers.get("referer"));
  const page = origin === "" ? "A request of a foreign web page" : `A request of the web page ${visible(origin)}`;
  return `${page} was refused (403). To let a page call this host, allow its origin (--cors, or the option corsOrigins).`;
};
