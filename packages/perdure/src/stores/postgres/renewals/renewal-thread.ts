import { parentPort, workerData } from "node:worker_threads";
import type { RenewParams } from "../../../store/contract.ts";
import { refusalOf } from "../../../store/errors.ts";
import { Link } from "../connections/link.ts";
import { RENEWALS } from "../connections/session.ts";
import { loadDriver } from "../driver.ts";
import type { FromRenewals, RenewalThreadData, ToRenewals } from "./messages.ts";
import { turnsEveryMs } from "./messages.ts";
import { renewOn } from "./renewer.ts";
import { StandIn } from "./stand-in.ts";

const { connectionString, schema, turns } = workerData as RenewalThreadData;
const shown = new Int32Array(turns);
const say = (message: FromRenewals) => parentPort?.postMessage(message);
const driver = await loadDriver();
const link = new Link({ driver, connectionString, settings: RENEWALS, testNow: null, onEvent: (event) => say({ kind: "event", event }) });
const standIn = new StandIn();
let last: RenewParams | null = null;
let unasked = false;
let watching: NodeJS.Timeout | null = null;

async function renew(params: RenewParams): Promise<number> {
  const now = await renewOn(link, schema, params);
  standIn.renewed(performance.now(), params.leaseMs);
  return now;
}

async function asked(id: number, params: RenewParams): Promise<void> {
  try {
    const now = await renew(params);
    const { load: _load, functions: _functions, ...known } = params; // what it says of itself is old by the time it is repeated
    if (last?.worker !== params.worker || last.leaseMs !== params.leaseMs) watch(params.leaseMs);
    last = known;
    say({ kind: "renewed", id, now });
  } catch (error) {
    say({ kind: "refused", id, refusal: refusalOf(error) });
  }
}

function watch(leaseMs: number): void {
  if (watching !== null) clearInterval(watching);
  watching = setInterval(() => {
    if (last === null || unasked || !standIn.isDue(performance.now(), Atomics.load(shown, 0))) return;
    unasked = true;
    renew(last)
      .catch(() => {}) // the worker asks again as soon as it can, and is told then
      .finally(() => {
        unasked = false;
      });
  }, turnsEveryMs(leaseMs));
}

function forget(): void {
  last = null;
  standIn.forget();
  if (watching !== null) clearInterval(watching);
  watching = null;
}

parentPort?.on("message", (message: ToRenewals) => {
  if (message.kind === "renew") void asked(message.id, message.params);
  else if (message.kind === "forget") forget();
  else {
    forget();
    link.close().then(
      () => parentPort?.close(),
      () => parentPort?.close(),
    );
  }
});
