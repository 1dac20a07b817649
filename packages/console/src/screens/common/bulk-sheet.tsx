import { useEffect, useState } from "preact/hooks";
import type { BulkAction, BulkRequest, BulkRun, InstanceFilter } from "../../api/wire.ts";
import { ACTION_ICONS } from "../../design/icons.ts";
import { asksNumber, BULK_WORDS, matchedText, progressOf, resultText } from "../../model/bulk-text.ts";
import { isDanger } from "../../model/instance-actions.ts";
import { faultText, payloadFault } from "../../model/json-fault.ts";
import { grouped } from "../../model/numbers.ts";
import { shownStatus } from "../../model/shown-status.ts";
import { cancelBulk, readBulk, startBulk } from "../../state/acts.ts";
import { listen } from "../../state/hub.ts";
import { isMissing, messageOf } from "../../state/problems.ts";
import { sayProblem } from "../../state/toasts.ts";
import { Sheet, SheetFooter } from "../../widgets/sheet.tsx";
import { Meter } from "../../widgets/sparkline.tsx";
import { StatusMark } from "../../widgets/status-mark.tsx";
import { JsonField } from "./json-field.tsx";
import { Refusal } from "./problem.tsx";
import { ReasonField } from "./reason-field.tsx";
import { useSending } from "./sending.ts";

export type BulkTarget = { readonly ids: readonly string[] } | { readonly filter: InstanceFilter };

export interface BulkSheetProps {
  readonly action: BulkAction;
  readonly target: BulkTarget;
  readonly onClose: () => void;
}

interface Inputs {
  readonly reason: string;
  readonly event: string;
  readonly input: string;
  readonly number: string;
  readonly perSecond: string;
}

const DEFAULT_RATE = 200;
const NONE: Inputs = { reason: "", event: "", input: "", number: "", perSecond: `${DEFAULT_RATE}` };
const ASK_AGAIN_MS = 1_000;
/** In a row: of several hosts behind one address, one alone knows it. */
const UNKNOWN_TIMES = 5;

/** First says to how many, and shows some of them; writes nothing before that. */
export function BulkSheet({ action, target, onClose }: BulkSheetProps) {
  const words = BULK_WORDS[action];
  const [inputs, setInputs] = useState(NONE);
  const [problem, setProblem] = useState<string | null>(null);
  const counted = useDryRun(action, target, setProblem);
  const [run, setRun] = useRun();
  const request = (): BulkRequest => ({
    action,
    ...target,
    ...(inputs.reason === "" || action === "raise-event" ? {} : { reason: inputs.reason }),
    ...(action === "raise-event" ? { event: inputs.event.trim(), ...(inputs.input.trim() === "" ? {} : { input: inputs.input }) } : {}),
    perSecond: Number(inputs.perSecond),
  });
  const refused = counted === null ? "counting" : refusalOf(action, inputs, counted);
  const { isSending, send } = useSending(setProblem);
  const start = (event: SubmitEvent): void => {
    event.preventDefault();
    if (refused !== null) return;
    setProblem(null);
    send(async () => setRun(await startBulk(request())));
  };
  return (
    <Sheet
      icon={isDanger(action) ? "warning" : ACTION_ICONS[action]}
      title={words.title}
      onClose={onClose}
      footer={
        run === null ? (
          <SheetFooter
            sends="bulk"
            text={`${words.verb} ${counted === null ? "…" : matchedText(counted.matched)}`}
            isDisabled={refused !== null || isSending}
            isDanger={isDanger(action)}
            onClose={onClose}
          />
        ) : (
          <RunButtons run={run} onClose={onClose} />
        )
      }
    >
      {run === null ? (
        <form id="bulk" class="stack loose" onSubmit={start}>
          <Matched counted={counted} />
          <Fields action={action} inputs={inputs} onChange={(change) => setInputs({ ...inputs, ...change })} />
          {counted !== null && asksNumber(action, counted.matched) && (
            <NumberField n={counted.matched.n} value={inputs.number} onInput={(number) => setInputs({ ...inputs, number })} />
          )}
          <section class="stack">
            <h3>What will happen</h3>
            <p class="muted">{words.effect} The list is looked at again while it goes on, a hundred at a time.</p>
          </section>
          <Refusal text={problem} />
        </form>
      ) : (
        <Progress run={run} />
      )}
    </Sheet>
  );
}

/** How many, and some of them; null: not counted yet. */
function useDryRun(action: BulkAction, target: BulkTarget, onProblem: (problem: string) => void): BulkRun | null {
  const [counted, setCounted] = useState<BulkRun | null>(null);
  useEffect(() => {
    startBulk({ action, ...target, dryRun: true }).then(setCounted, (error: unknown) => onProblem(messageOf(error)));
  }, []);
  return counted;
}

/** A run as the stream tells it, and as the host answers where there is no stream. */
function useRun(): readonly [BulkRun | null, (run: BulkRun) => void] {
  const [run, setRun] = useState<BulkRun | null>(null);
  useEffect(() => {
    if (run === null || run.state !== "running") return;
    const unlisten = listen("bulk", (news) => news.run === run.run && setRun(news));
    let unknown = 0;
    const failed = (error: Error): void => {
      unknown = isMissing(error) ? unknown + 1 : 0;
      if (unknown === UNKNOWN_TIMES) setRun((now) => now && lostRun(now, error.message));
    };
    const timer = setInterval(() => readBulk(run.run).then(setRun, failed), ASK_AGAIN_MS);
    return () => {
      unlisten();
      clearInterval(timer);
    };
  }, [run?.run, run?.state]);
  return [run, setRun];
}

/** Its host has ended, and what is done is done. */
const lostRun = (run: BulkRun, message: string): BulkRun => ({
  ...run,
  state: "failed",
  error: { code: "CONSOLE_BULK_UNKNOWN", message, hint: null },
});

/** Why it cannot be sent; null: it can. */
function refusalOf(action: BulkAction, { event, input, number, perSecond }: Inputs, { matched }: BulkRun): string | null {
  if (matched.n === 0) return "none";
  if (!(Number(perSecond) >= 1)) return "rate";
  if (action === "raise-event" && event.trim() === "") return "event";
  if (action === "raise-event" && payloadFault(input) !== null) return "input";
  return asksNumber(action, matched) && number.replaceAll(/[,.\s]/g, "") !== `${matched.n}` ? "number" : null;
}

function Matched({ counted }: { readonly counted: BulkRun | null }) {
  if (counted === null) return <p class="muted">Counts…</p>;
  const { matched, sample } = counted;
  return (
    <section class="stack" role="status">
      <h3>{matched.n === 0 ? "No instance matches" : `To ${matchedText(matched)}`}</h3>
      {sample.length > 0 && (
        <ul class="sample">
          {sample.map((row) => (
            <li key={row.id} class="row">
              <StatusMark status={shownStatus(row)} look="plain" />
              <span class="id">{row.id}</span>
              <span class="dim small spread">{row.name}</span>
            </li>
          ))}
          {matched.n > sample.length && <li class="dim small">and {grouped(matched.n - sample.length)} more</li>}
        </ul>
      )}
    </section>
  );
}

function Fields({
  action,
  inputs,
  onChange,
}: {
  readonly action: BulkAction;
  readonly inputs: Inputs;
  readonly onChange: (change: Partial<Inputs>) => void;
}) {
  const fault = payloadFault(inputs.input);
  return (
    <>
      {action === "raise-event" ? (
        <>
          <div class="field">
            <label for="bulk-event">Event</label>
            <input
              id="bulk-event"
              class="text-input"
              required
              spellcheck={false}
              value={inputs.event}
              placeholder="Approved"
              onInput={(event) => onChange({ event: event.currentTarget.value })}
            />
          </div>
          <JsonField
            id="bulk-input"
            label="Payload"
            value={inputs.input}
            rows={5}
            hint="JSON; nothing is null."
            problem={fault === null ? null : faultText(fault)}
            onInput={(input) => onChange({ input })}
          />
        </>
      ) : (
        <ReasonField value={inputs.reason} onInput={(reason) => onChange({ reason })} />
      )}
      <div class="field">
        <label for="bulk-rate">At most per second</label>
        <input
          id="bulk-rate"
          class="text-input num"
          type="number"
          min={1}
          max={10_000}
          value={inputs.perSecond}
          onInput={(event) => onChange({ perSecond: event.currentTarget.value })}
        />
      </div>
    </>
  );
}

/** So that nobody ends a thousand by a slip. */
function NumberField({ n, value, onInput }: { readonly n: number; readonly value: string; readonly onInput: (value: string) => void }) {
  return (
    <div class="field">
      <label for="bulk-number">To go on, type {n}</label>
      <input
        id="bulk-number"
        class="text-input num"
        inputMode="numeric"
        autocomplete="off"
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </div>
  );
}

function Progress({ run }: { readonly run: BulkRun }) {
  const { done, skipped, failed, matched, state, problems, error } = run;
  return (
    <section class="stack loose" role="status">
      <h3>{state === "running" ? `${grouped(done + skipped + failed)} of ${matchedText(matched)}` : resultText(run)}</h3>
      <Meter part={progressOf(run)} isHot={failed > 0} />
      <dl class="kv">
        <dt>Done</dt>
        <dd>{grouped(done)}</dd>
        <dt>Left as is</dt>
        <dd>{grouped(skipped)}</dd>
        <dt>Failed</dt>
        <dd>{grouped(failed)}</dd>
      </dl>
      {error !== null && <p class="bad wrap-anywhere">{error.message}</p>}
      {problems.map(({ id, message }) => (
        <p key={id} class="small wrap-anywhere">
          <span class="id">{id}</span> {message}
        </p>
      ))}
      {state === "running" && <p class="dim small">It goes on when this is closed, as long as this host runs.</p>}
    </section>
  );
}

function RunButtons({ run, onClose }: { readonly run: BulkRun; readonly onClose: () => void }) {
  return (
    <>
      {run.state === "running" && (
        <button type="button" class="btn danger" onClick={() => cancelBulk(run.run).catch(sayProblem)}>
          Stop it here
        </button>
      )}
      <button type="button" class="btn primary spread" onClick={onClose}>
        Close
      </button>
    </>
  );
}
