import type { Queue, QueueLine } from "../../api/wire.ts";
import { durationText } from "../../model/durations.ts";
import { countText } from "../../model/numbers.ts";
import { clock } from "../../state/hub.ts";
import { ScrollArea } from "../../widgets/scroll-area.tsx";
import type { Tone } from "../../widgets/sparkline.tsx";
import { Spark } from "../../widgets/sparkline.tsx";

const TONES: Readonly<Record<QueueLine["outlook"], Tone>> = { fine: "run", attention: "warn", stuck: "bad" };
const CLASSES: Readonly<Record<QueueLine["outlook"], string>> = { fine: "", attention: "warn", stuck: "bad" };

/** Waiting in line is not running: the one has a reason, and the other takes its time. */
export function ActivitiesInLine({ queue: { activities, waiting, running } }: { readonly queue: Queue }) {
  return (
    <section class="grid closed">
      <header>
        <h2>Activities in line</h2>
        <span class="dim">
          {countText(waiting)} {waiting.n === 1 ? "waits" : "wait"}, {countText(running)} {running.n === 1 ? "runs" : "run"}
        </span>
      </header>
      {activities.length === 0 ? (
        <p class="list-end">No activity waits, and none runs.</p>
      ) : (
        <ScrollArea look="sideways" label="Activities in line, sideways">
          <table class="queue">
            <thead>
              <tr>
                <th class="q-name">Activity</th>
                <th class="q-n right">In line</th>
                <th class="q-n right">Oldest</th>
                <th class="q-n right">Running</th>
                <th>Why</th>
                <th class="q-spark">In line, last hour</th>
              </tr>
            </thead>
            <tbody>
              {activities.map((line) => (
                <Line key={line.name} line={line} />
              ))}
            </tbody>
          </table>
        </ScrollArea>
      )}
    </section>
  );
}

function Line({ line: { name, waiting, oldest, running, limit, why, outlook, series } }: { readonly line: QueueLine }) {
  return (
    <tr>
      <td class="fn" title={name}>
        {name}
      </td>
      <td class="num right">{waiting.n === 0 ? <span class="dim">0</span> : <b>{countText(waiting)}</b>}</td>
      <td class={`num right ${CLASSES[outlook]}`}>{oldest === null ? "" : durationText(Math.max(0, clock.value - oldest))}</td>
      <td class="num right">{limit === null ? running : `${running} of ${limit}`}</td>
      <td class={outlook === "stuck" ? "bad" : "muted"} title={why ?? undefined}>
        {why}
      </td>
      <td class="q-spark">
        <Spark values={series.map(({ n }) => n)} tone={TONES[outlook]} width={130} height={24} />
      </td>
    </tr>
  );
}
