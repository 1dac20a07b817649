import type { InstanceAction, InstanceDetail, StopReason } from "../../api/wire.ts";
import type { Misfit } from "../../model/divergence.ts";
import { guardOf, misfitOf } from "../../model/divergence.ts";
import { eventNo } from "../../model/event-no.ts";
import { versionText } from "../../model/function-text.ts";
import { hrefOf } from "../../model/routes.ts";
import { can } from "../../state/hub.ts";
import type { InstanceView } from "../../state/instance.ts";
import type { CodeLine } from "../../widgets/code-frame.tsx";
import { CodeFrame } from "../../widgets/code-frame.tsx";
import { Icon } from "../../widgets/icon.tsx";
import { SourceFrame } from "../common/source-frame.tsx";
import { TimeOf } from "../common/time.tsx";

export interface StoppedProps {
  readonly view: InstanceView;
  readonly detail: InstanceDetail;
  readonly stopped: StopReason;
  readonly onAct: (action: InstanceAction) => void;
}

/** Why it stands still, and what can be done. Of code that does not fit: what was recorded beside what the code asks for. */
export function StoppedPanel({ view, detail, stopped, onAct }: StoppedProps) {
  const misfit = detail.divergence === null ? null : misfitOf(detail.divergence, view.history.value.items);
  return (
    <>
      <section class="why warn" aria-labelledby="why">
        <span class="warn">
          <Icon name="warning" />
        </span>
        {misfit === null ? <Reason stopped={stopped} /> : <Difference view={view} detail={detail} misfit={misfit} stopped={stopped} />}
      </section>
      <Choices detail={detail} stopped={stopped} misfit={misfit} onAct={onAct} />
    </>
  );
}

function Reason({ stopped }: { readonly stopped: StopReason }) {
  return (
    <div class="stack">
      <h2 id="why">
        It stands still: <span class="mono">{stopped.code}</span>. Nothing is lost.
      </h2>
      <p class="muted wrap-anywhere">{stopped.message}</p>
      {stopped.codeMayCure && <p class="muted">It goes on by itself when other code is deployed.</p>}
    </div>
  );
}

function Difference(props: {
  readonly view: InstanceView;
  readonly detail: InstanceDetail;
  readonly misfit: Misfit;
  readonly stopped: StopReason;
}) {
  const { view, detail, misfit, stopped } = props;
  return (
    <div class="stack difference">
      <div>
        <h2 id="why">The code does not fit the history at event {eventNo(misfit.seq)}. Nothing is lost, and nothing was changed.</h2>
        <p class="muted">
          This instance began with other code. Replaying it, <span class="mono">{detail.row.name}</span> asks for <b>{misfit.asked}</b>{" "}
          where the history has <b>{misfit.recorded}</b>. It goes on by itself when code that fits is deployed.
        </p>
      </div>
      <div class="columns">
        <div>
          <h3>What the history has</h3>
          <CodeFrame label="What the history has" isPlain lines={numbered(misfit.left)} />
          <p class="dim small">
            {misfit.at !== null && (
              <>
                recorded <TimeOf at={misfit.at} hasDay />,{" "}
              </>
            )}
            {detail.row.version === null ? "without a version" : versionText(detail.row.version)} ·{" "}
            <a class="link" href={hrefOf("instance", [view.id, "history"], { event: String(eventNo(misfit.seq)) })}>
              in the history
            </a>
          </p>
        </div>
        <div>
          <h3>What the code asks for</h3>
          <CodeFrame label="What the code asks for" isPlain lines={numbered(misfit.right)} />
          <p class="dim small">
            replayed <TimeOf at={stopped.at} hasDay />
          </p>
        </div>
        {misfit.site !== null && (
          <div>
            <h3>Where the code asks for it</h3>
            <SourceFrame site={misfit.site} mark="add" />
          </div>
        )}
      </div>
    </div>
  );
}

const numbered = (lines: Misfit["left"]): readonly CodeLine[] =>
  lines.map(({ seq, text, mark }) => ({ number: seq === null ? null : eventNo(seq), text, mark }));

const unmarked = (texts: readonly string[]): readonly CodeLine[] => texts.map((text) => ({ number: null, text, mark: "" }));

const OLD_WORKER = ["git worktree add ../old COMMIT", "perdure start ../old --port 0 --store …"];

function Choices({ detail, stopped, misfit, onAct }: Omit<StoppedProps, "view"> & { readonly misfit: Misfit | null }) {
  const { row } = detail;
  return (
    <section class="card" aria-labelledby="choices">
      <header>
        <h2 id="choices">What you can do</h2>
      </header>
      <div class="choices">
        {misfit !== null && (
          <div class="body">
            <h3>
              <Icon name="code" />
              Keep the old way for old instances
            </h3>
            <p class="muted">
              Guard the new call, so that instances which began without it go on as they began. Where it took the place of another, keep
              that one in the <span class="mono">else</span>.
            </p>
            <CodeFrame label="Code that guards a new call" lines={unmarked(guardOf(misfit.asked))} />
          </div>
        )}
        <div class="body">
          <h3>
            <Icon name="workers" />
            {stopped.codeMayCure ? "Run a worker with the old code" : "Let it try again"}
          </h3>
          <p class="muted">
            {stopped.codeMayCure
              ? "Workers of both versions may share the task hub. It is tried again by itself when one joins."
              : "When what stopped it is mended, it goes on from where it stands."}
          </p>
          {stopped.codeMayCure && <CodeFrame label="Command that starts a worker with the old code" isPlain lines={unmarked(OLD_WORKER)} />}
          {can("resume") && (
            <button type="button" class="btn s" aria-haspopup="dialog" onClick={() => onAct("resume")}>
              <Icon name="play" isSmall />
              Try again now…
            </button>
          )}
        </div>
        <div class="body">
          <h3>
            <Icon name="repeat" />
            Restart from the beginning
          </h3>
          <p class="muted">A new instance with the same input and the code of today. What {row.id} did up to now happens again.</p>
          {can("restart") && (
            <button type="button" class="btn s" aria-haspopup="dialog" onClick={() => onAct("restart")}>
              <Icon name="repeat" isSmall />
              Restart…
            </button>
          )}
        </div>
      </div>
    </section>
  );
}
