import type { Rates } from "../../api/wire.ts";
import { hub, tick } from "../../state/hub.ts";
import { rateSeries } from "../../state/rates.ts";
import { readQueue, readWorkers } from "../../state/reads.ts";
import { useLive } from "../../state/resource.ts";
import { Page } from "../../widgets/page.tsx";
import { Problem } from "../common/problem.tsx";
import { ActivitiesInLine, ReadyInstances } from "./activities-in-line.tsx";
import { Checks } from "./checks.tsx";
import { RateCards } from "./rate-cards.tsx";
import { StoreCard } from "./store-card.tsx";
import { WorkerTable } from "./worker-table.tsx";

const WORKERS_MS = 5_000;
const QUEUE_MS = 3_000;

/** Who works, how fast, what waits in line for whom, and what is not as it should be. */
export function WorkersScreen() {
  const workers = useLive(readWorkers, { key: "", everyMs: WORKERS_MS });
  const queue = useLive(readQueue, { key: "", everyMs: QUEUE_MS });
  const list = workers.state.value.value;
  const line = queue.state.value.value;
  const told = tick.value?.rates ?? null;
  const rates = list === null ? told : { ...list.rates, ...withoutNulls(told) };
  // A tick has those that live as they are now, the list also the dead.
  const now = new Map((tick.value?.workers ?? []).map((one) => [one.worker, one]));
  const all = (list?.workers ?? []).map((one) => now.get(one.worker) ?? one);
  return (
    <Page>
      <Problem error={workers.state.value.error ?? queue.state.value.error} />
      {rates !== null && <RateCards rates={rates} series={rateSeries.value} />}
      {list !== null && <WorkerTable workers={all} lease={list.lease} />}
      {line !== null && <ActivitiesInLine queue={line} />}
      {line !== null && <ReadyInstances ready={line.ready} />}
      <div class="grid2">
        {list !== null && <Checks checks={list.checks} />}
        {hub.value !== null && <StoreCard info={hub.value} />}
      </div>
    </Page>
  );
}

/** What a tick does not have is as the list has it. */
function withoutNulls(rates: Rates | null): Partial<Rates> {
  return rates === null ? {} : Object.fromEntries(Object.entries(rates).filter(([, value]) => value !== null));
}
