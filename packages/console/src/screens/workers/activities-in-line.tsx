import type { Queue, QueueLine, ReadyLine } from "../../api/wire.ts";
import { durationText } from "../../model/durations.ts";
import { countText, grouped } from "../../model/numbers.ts";
import { hrefOf } from "../../model/routes.ts";
import { clock } from "../../state/hub.ts";
import { ScrollArea } from "../../widgets/scroll-area.tsx";
import type { Tone } from "../../widgets/sparkline.tsx";
import { Spark } from "../../widgets/sparkline.tsx";

const TONES: Readonly<Record<QueueLine["outlook"], Tone>> = { fine: "run", attention: "warn", stuck: "bad" };
const CLASSES: Readonly<Record<QueueLine["outlook"], string>> = { fine: "", attention: "warn", stuck: "bad" };

/** Waiting in line is not running: the one has a reason, and the other takes its time. */
export function ActivitiesInLine({ queue: { activities, waiting, atWorkers } }: { readonly queue: Queue }) {
  return (
    <section class="grid closed">
      <header>
        <h2>Activities in line</h2>
        <span class="dim">
          {countText(waiting)} {waiting.n === 1 ? "waits" : "wait"} for a worker, {grouped(atWorkers)} {atWorkers === 1 ? "is" : "are"} at
          workers
        </span>
      </header>
      {activities.length === 0 ? (
        <p class="list-end">No activity waits for a worker. Workers run what they have, or have it in line by its limit.</p>
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
                <tr key={line.name}>
                  <Name line={line} />
                  <td class="num right">{line.limit === null ? line.running : `${line.running} of ${line.limit}`}</td>
                  <Why outlook={line.outlook} text={line.why ?? slotText(line)} />
                  <td class="q-spark">
                    <Spark values={line.series.map(({ n }) => n)} tone={TONES[line.outlook]} width={130} height={24} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollArea>
      )}
    </section>
  );
}

const slotText = ({ forSlot }: QueueLine): string | null => (forSlot.n === 0 ? null : `${countText(forSlot)} for a slot of their key`);

/** Instances that are due, and that no worker has taken. */
export function ReadyInstances({ ready }: { readonly ready: Queue["ready"] }) {
  if (ready.length === 0) return null;
  return (
    <section class="grid closed">
      <header>
        <h2>Instances that wait for a worker</h2>
      </header>
      <ScrollArea look="sideways" label="Instances that wait for a worker, sideways">
        <table class="queue">
          <thead>
            <tr>
              <th class="q-name">Function</th>
              <th class="q-n right">In line</th>
              <th class="q-n right">Oldest</th>
              <th class="q-n">Kind</th>
              <th>Why</th>
            </tr>
          </thead>
          <tbody>
            {ready.map((line) => (
              <tr key={`${line.kind} ${line.name}`}>
                <Name line={line} />
                <td class="muted">{line.kind}</td>
                <Why outlook={line.outlook} text={line.why} />
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollArea>
    </section>
  );
}

function Name({ line }: { readonly line: QueueLine | ReadyLine }) {
  const { name, waiting, oldest, outlook } = line;
  const isOrchestrator = "kind" in line && line.kind === "orchestrator";
  return (
    <>
      <td class="fn" title={name}>
        {isOrchestrator ? <a href={hrefOf("instances", [], { name, open: "1" })}>{name}</a> : name}
      </td>
      <td class="num right">{waiting.n === 0 ? <span class="dim">0</span> : <b>{countText(waiting)}</b>}</td>
      <td class={`num right ${CLASSES[outlook]}`}>{oldest === null ? "" : durationText(Math.max(0, clock.value - oldest))}</td>
    </>
  );
}

function Why({ outlook, text }: { readonly outlook: QueueLine["outlook"]; readonly text: string | null }) {
  return (
    <td class={outlook === "stuck" ? "bad" : "muted"} title={text ?? undefined}>
      {text}
    </td>
  );
}
