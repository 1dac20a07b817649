import type { EventOf, HistoryItem, InstanceDetail } from "../../api/wire.ts";
import { eventNo } from "../../model/event-no.ts";
import { hrefOf } from "../../model/routes.ts";
import type { InstanceView } from "../../state/instance.ts";
import { Icon } from "../../widgets/icon.tsx";
import { FailureView } from "./failure-view.tsx";

/** What it failed with, and which call that came from. */
export function FailedPanel({ view, detail }: { readonly view: InstanceView; readonly detail: InstanceDetail }) {
  const { items } = view.history.value;
  const end = items.findLast(isEnd)?.event;
  const failure = end?.kind === "ExecutionCompleted" ? end.failure : undefined;
  const causes = end?.kind === "ExecutionCompleted" ? callsOf(items, end) : [];
  return (
    <section class="why failed" aria-labelledby="why">
      <span class="bad">
        <Icon name="warning" />
      </span>
      <div class="stack">
        <h2 id="why">
          {causes.length === 0 ? "It failed in its own code." : "It failed with the failure of "}
          {causes.map(({ name, id, seq }, index) => (
            <>
              {index > 0 && ", "}
              <a class="link" key={id} href={hrefOf("instance", [view.id], { row: `call:${id}` })}>
                {name}
              </a>
              <span class="dim light"> (event {eventNo(seq)})</span>
            </>
          ))}
        </h2>
        {failure === undefined ? <p class="bad wrap-anywhere">{detail.row.note}</p> : <FailureView failure={failure} title="" />}
      </div>
    </section>
  );
}

const isEnd = ({ event }: HistoryItem): boolean => event.kind === "ExecutionCompleted";

interface Cause {
  readonly name: string;
  /** Event id of its first attempt: of its row in the timeline. */
  readonly id: number;
  readonly seq: number;
}

function callsOf(items: readonly HistoryItem[], { causedBy = [] }: EventOf<"ExecutionCompleted">): readonly Cause[] {
  const wanted = new Set<number>(causedBy);
  const found = new Map<number, Cause>();
  for (const { seq, event } of items) {
    if (!("id" in event) || !wanted.has(event.id) || !("name" in event)) continue;
    const id = "retry" in event && event.retry !== undefined ? event.retry.of : event.id;
    found.set(id, { name: event.name, id, seq });
  }
  return [...found.values()].slice(0, 3);
}
