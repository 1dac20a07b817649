import { hub, tick } from "../../state/hub.ts";
import { rateSeries } from "../../state/rates.ts";
import { readQueue, readWorkers } from "../../state/reads.ts";
import { useLive } from "../../state/resource.ts";
import { Page } from "../../widgets/page.tsx";
import { Problem } from "../common/problem.tsx";
import { ActivitiesInLine } from "./activities-in-line.tsx";
import { Checks } from "./checks.tsx";
import { RateCards } from "./rate-cards.tsx";
import { StoreCard } from "./store-card.tsx";
import { WorkerTable } from "./worker-table.tsx";

const WORKERS_MS = 10_000;
const QUEUE_MS = 3_000;

/** Who works, how fast, what waits in line for whom, and what is not as it should be. */
export function WorkersScreen() {
  const workers = useLive(readWorkers, { key: "", everyMs: WORKERS_MS });
  const queue = useLive(readQueue, { key: "", everyMs: QUEUE_MS });
  const list = workers.state.value.value;
  const line = queue.state.value.value;
  const rates = tick.value?.rates ?? list?.rates ?? null;
  // The dead are those that the host has seen; a tick has those that live.
  const live = tick.value?.workers ?? list?.workers ?? [];
  const dead = (list?.workers ?? []).filter(({ state, worker }) => state === "dead" && !live.some((one) => one.worker === worker));
  return (
    <Page>
      <Problem error={workers.state.value.error ?? queue.state.value.error} />
      {rates !== null && <RateCards rates={rates} series={rateSeries.value} />}
      {list !== null && <WorkerTable workers={[...live, ...dead]} leaseMs={list.leaseMs} renewMs={list.renewMs} />}
      {line !== null && <ActivitiesInLine queue={line} />}
      <div class="grid2">
        {list !== null && <Checks checks={list.checks} />}
        {hub.value !== null && <StoreCard info={hub.value} />}
      </div>
    </Page>
  );
}
