import { useSignal } from "@preact/signals";
import { counted } from "../../model/numbers.ts";
import { functions, isOwn } from "../../state/functions.ts";
import { counts, hub } from "../../state/hub.ts";
import { Listens } from "./listens.tsx";
import { OfThisApp } from "./of-this-app.tsx";
import { PullThePlug, RaiseStep, StartStep } from "./steps.tsx";

const GUIDES: readonly (readonly [string, string])[] = [
  ["docs/concepts.md", "ten minutes of concepts"],
  ["docs/guides/testing.md", "test 30 days in a millisecond"],
  ["docs/postgres.md", "two workers on PostgreSQL"],
];

/** What a person sees who has started nothing yet: three steps to an instance that waits, is answered, and outlives its worker. */
export function FirstSteps() {
  const started = useSignal<string | null>(null);
  const info = hub.value;
  const all = counts.value;
  const own = functions.value.filter(isOwn);
  const isNew = all === null || [...Object.values(all.open), ...Object.values(all.ended)].every(({ n }) => n === 0);
  return (
    <div class="first">
      <header>
        <h2>{isNew ? "It runs. Nothing has been started yet." : "It runs. Three steps to see how."}</h2>
        <p class="muted">
          This host has {counted(own.length, "function")}
          {info === null ? "" : " and keeps everything in "}
          {info !== null && <span class={info.store.kind === "memory" ? undefined : "mono"}>{info.store.where ?? info.store.kind}</span>}.
          Three steps, two minutes.
        </p>
      </header>
      <div class="steps">
        <StartStep onStarted={(id) => (started.value = id)} />
        <RaiseStep instanceId={started.value} />
        <PullThePlug />
      </div>
      <div class="beside">
        <OfThisApp functions={own} />
        <Listens />
      </div>
      <p class="dim">
        Next, in the documentation:{" "}
        {GUIDES.map(([page, text], index) => (
          <span key={page}>
            {index > 0 && " · "}
            {text} <span class="mono small">{page}</span>
          </span>
        ))}
      </p>
    </div>
  );
}
