import type { WorkerInfo, WorkerList } from "../../api/wire.ts";
import { durationText } from "../../model/durations.ts";
import { grouped, rateText } from "../../model/numbers.ts";
import { clock } from "../../state/hub.ts";
import { Icon } from "../../widgets/icon.tsx";
import { ScrollArea } from "../../widgets/scroll-area.tsx";
import { Meter } from "../../widgets/sparkline.tsx";
import { TimeOf } from "../common/time.tsx";

const HOT = 0.9;

export function WorkerTable({ workers, lease }: Pick<WorkerList, "workers" | "lease">) {
  const dead = workers.filter(({ state }) => state === "dead").length;
  const live = workers.length - dead;
  return (
    <section class="grid closed workers">
      <header>
        <h2>Workers</h2>
        <span class="dim">
          {live} live{dead === 0 ? "" : `, ${dead} dead in the last hour`}
        </span>
        <span class="dim small spread">
          {lease !== null && `lease ${durationText(lease.ms)} · renewed every ${durationText(lease.everyMs)}`}
        </span>
      </header>
      <ScrollArea look="sideways" label="Workers, sideways">
        <table>
          <thead>
            <tr>
              <th class="w-no">No.</th>
              <th class="w-host">Host</th>
              <th class="w-state">State</th>
              <th class="w-renewal">Renewal</th>
              <th>Instances in memory</th>
              <th class="w-activities">Activities</th>
              <th class="w-count">Functions</th>
              <th class="w-count right">Ended/s</th>
              <th class="w-build">Build</th>
            </tr>
          </thead>
          <tbody>
            {workers.map((one) => (
              <WorkerRow key={one.worker} one={one} />
            ))}
          </tbody>
        </table>
      </ScrollArea>
      {live === 0 && (
        <p class="list-end warn">
          <Icon name="warning" isSmall /> No worker is live: nothing goes on. Start one with perdure start, on the same store.
        </p>
      )}
    </section>
  );
}

function WorkerRow({ one }: { readonly one: WorkerInfo }) {
  const { worker, host, pid, state, leaseUntil, renewedAt, diedAt, instances, activities, functions, endedPerSecond, build, note } = one;
  return (
    <tr>
      <td class="num fn">{worker}</td>
      <td title={host}>
        <b>{host}</b> {pid !== null && <span class="dim">pid {pid}</span>}
      </td>
      <td>
        <WorkerState state={state} />
      </td>
      <td class="muted num">
        <Renewal state={state} leaseUntil={leaseUntil} renewedAt={renewedAt} diedAt={diedAt} />
      </td>
      {state === "dead" && note !== null ? (
        <td colSpan={2} class="dim" title={note}>
          {note}
        </td>
      ) : (
        <>
          <td>
            <Share share={instances} />
          </td>
          <td>
            <Share share={activities} />
          </td>
        </>
      )}
      <td class="num muted">{functions}</td>
      <td class="num right">{endedPerSecond === null ? "" : rateText(endedPerSecond)}</td>
      <td class="mono dim small" title={build ?? undefined}>
        {build}
      </td>
    </tr>
  );
}

function Renewal({ state, leaseUntil, renewedAt, diedAt }: Pick<WorkerInfo, "state" | "leaseUntil" | "renewedAt" | "diedAt">) {
  if (state === "dead") return diedAt === null ? null : <TimeOf at={diedAt} />;
  if (renewedAt !== null) return <>{ago(renewedAt)} ago</>;
  return leaseUntil === null ? null : <>lease for {durationText(Math.max(0, Math.round((leaseUntil - clock.value) / 1_000) * 1_000))}</>;
}

const ago = (at: number): string => durationText(Math.max(0, Math.round((clock.value - at) / 100) * 100));

function WorkerState({ state }: { readonly state: WorkerInfo["state"] }) {
  if (state === "dead")
    return (
      <span class="st plain" data-s="failed">
        <Icon name="cross" isSmall />
        Dead
      </span>
    );
  return (
    <span class="st plain" data-s={state === "live" ? "completed" : "stopped"}>
      <span class={state === "live" ? "live" : "live off"} />
      {state === "live" ? "Live" : "Draining"}
    </span>
  );
}

function Share({ share }: { readonly share: WorkerInfo["instances"] }) {
  if (share === null) return null;
  const part = share.of === 0 ? 0 : share.n / share.of;
  return (
    <div class="bar-cell">
      <Meter part={part} isHot={part >= HOT} />
      <span class="num">
        {grouped(share.n)} <span class="dim">of {grouped(share.of)}</span>
      </span>
    </div>
  );
}
