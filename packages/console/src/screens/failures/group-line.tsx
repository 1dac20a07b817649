import type { FailureGroup } from "../../api/wire.ts";
import { messageParts, metaText, whenText } from "../../model/failure-text.ts";
import { grouped } from "../../model/numbers.ts";
import { clock } from "../../state/hub.ts";
import { zone } from "../../state/zone.ts";
import { HourBars } from "../../widgets/sparkline.tsx";
import { StatusShapeMark } from "../../widgets/status-mark.tsx";

export function GroupLine({
  group,
  isChosen,
  onOpen,
}: {
  readonly group: FailureGroup;
  readonly isChosen: boolean;
  readonly onOpen: () => void;
}) {
  const { fingerprint, kind, count, hours, first, last } = group;
  return (
    <div
      id={`group-${fingerprint}`}
      role="option"
      tabIndex={-1}
      aria-selected={isChosen}
      class="group"
      onClick={onOpen}
      onKeyDown={() => {}}
    >
      <span class="mark-of" data-s={kind}>
        <StatusShapeMark status={kind} />
      </span>
      <div class="what">
        <div class="msg">
          <Message group={group} />
        </div>
        <div class="meta">{metaText(group)}</div>
      </div>
      <span class="bars-place">
        <HourBars hours={hours} tone={kind === "stopped" ? "warn" : "bad"} />
      </span>
      <span class="n">
        {grouped(count)}
        <span class="visually-hidden"> instances,</span>
      </span>
      <span class="dim small when">{whenText(first, last, clock.value, zone.value)}</span>
    </div>
  );
}

/** What differs between the failures of a group stands in other letters. */
export function Message({ group }: { readonly group: FailureGroup }) {
  return (
    <>
      {messageParts(group).map(({ text, isVariable }, index) =>
        isVariable ? (
          <span key={index} class="var">
            {text}
          </span>
        ) : (
          text
        ),
      )}
    </>
  );
}
