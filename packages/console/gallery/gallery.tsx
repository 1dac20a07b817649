import "../src/main.css";
import "./gallery.css";
import type { ComponentChildren } from "preact";
import { render } from "preact";
import { useState } from "preact/hooks";
import type { IconName } from "../src/design/icons.ts";
import { ICONS, STATUS_SHAPES } from "../src/design/icons.ts";
import type { ShownStatus } from "../src/model/shown-status.ts";
import { Toasts } from "../src/shell/toasts.tsx";
import { say } from "../src/state/toasts.ts";
import { CodeFrame } from "../src/widgets/code-frame.tsx";
import { CommandLine } from "../src/widgets/command-line.tsx";
import { CopyButton } from "../src/widgets/copy-button.tsx";
import { Icon } from "../src/widgets/icon.tsx";
import { JsonEditor } from "../src/widgets/json-editor.tsx";
import { JsonView } from "../src/widgets/json-view.tsx";
import { Menu } from "../src/widgets/menu.tsx";
import { Notice } from "../src/widgets/page.tsx";
import { PopoverButton } from "../src/widgets/popover.tsx";
import { Sheet } from "../src/widgets/sheet.tsx";
import { HourBars, Meter, Spark } from "../src/widgets/sparkline.tsx";
import { StatusMark } from "../src/widgets/status-mark.tsx";
import { Tabs } from "../src/widgets/tabs.tsx";
import { GridCell, VirtualGrid } from "../src/widgets/virtual-grid.tsx";
import { TimelineRows } from "./timeline-rows.tsx";

/** Each widget by itself, in the states that it has. The part of the address behind the `#` names one. */

const nothing = (): void => {};
const SERIES = [3, 5, 4, 8, 9, 7, 6, 11, 12, 8, 9, 10];
const JSON_TEXT =
  '{"order":"A-1","amount":12345678901234567890.10,"paid":true,"note":null,"items":[{"sku":"7781","n":2},{"sku":"7782","n":1}],"to":{}}';

const Row = ({ children }: { readonly children: ComponentChildren }) => <div class="row wrap">{children}</div>;

function Statuses() {
  const all = Object.keys(STATUS_SHAPES) as readonly ShownStatus[];
  return (
    <div class="stack">
      {(["", "big", "plain"] as const).map((look) => (
        <Row key={look}>
          {all.map((status) => (
            <StatusMark key={status} status={status} look={look} />
          ))}
        </Row>
      ))}
    </div>
  );
}

function Icons() {
  return (
    <Row>
      {(Object.keys(ICONS) as readonly IconName[]).map((name) => (
        <span class="chip" key={name}>
          <Icon name={name} /> <Icon name={name} isSmall />
        </span>
      ))}
    </Row>
  );
}

function Sparks() {
  return (
    <div class="stack">
      {(["accent", "run", "warn", "bad"] as const).map((tone) => (
        <Spark key={tone} values={SERIES} tone={tone} width={200} height={34} />
      ))}
      <Spark values={[0, 0, 0]} tone="run" />
      <HourBars hours={Array.from({ length: 24 }, (_, hour) => (hour % 5) * 3)} tone="bad" />
      <Meter part={0.4} isHot={false} />
      <Meter part={0.97} isHot />
      <Meter part={0} isHot={false} />
    </div>
  );
}

const LINES = [
  { number: 40, text: "const res = await fetch(url, { signal });", mark: "" },
  { number: 41, text: 'if (!res.ok) throw new CarrierError("503", res.status); // retried', mark: "hit" },
  { number: 42, text: 'log.info("the carrier has answered", 200);', mark: "del" },
  { number: 43, text: "return await res.json();", mark: "add" },
  { number: 44, text: "what does not matter", mark: "faint" },
] as const;

function Editors() {
  const [text, setText] = useState('{\n  "by": "ada",\n  "limit": 2000\n}');
  return (
    <div class="stack loose">
      <JsonEditor value={text} label="Payload" empty="No payload." maxBytes={33_554_432} onChange={setText} />
      <JsonEditor value={'{ "by": "ada",'} label="Payload with a fault" empty="No payload." maxBytes={null} onChange={nothing} />
    </div>
  );
}

function Grid() {
  const ids = Array.from({ length: 40 }, (_, no) => `order-${84_100 + no}`);
  const columns = [
    { id: "id", head: "Instance id" },
    { id: "duration", head: "Duration", isRight: true },
  ];
  return (
    <div class="gallery-grid list">
      <VirtualGrid
        {...{ label: "Instances", ids, columns, rowHeight: 38, hasMore: false }}
        row={(id) => (
          <>
            <GridCell id="id">
              <span class="id">{id}</span>
            </GridCell>
            <GridCell id="duration" look="num" isRight>
              {Number(id.slice(-2)) * 7} s
            </GridCell>
          </>
        )}
        selected={new Set(["order-84101", "order-84103"])}
        active="order-84101"
        {...{ onActive: nothing, onOpen: nothing, onToggle: nothing, onEscape: nothing, onSee: nothing, onScroll: nothing }}
      />
    </div>
  );
}

const TABS = [
  { id: "a", label: "Timeline", href: "#tabs" },
  { id: "b", label: "History", href: "#tabs", count: "42" },
  { id: "c", label: "Needs attention", href: "#tabs", count: "6", tone: "warn" },
  { id: "d", label: "Attempt 1", href: "#tabs", count: "failed", tone: "bad" },
] as const;

const CHOICES = [
  { value: "a", text: "Raise event", icon: "event", isOn: true },
  { value: "b", text: "Suspend", icon: "pause", isOn: false },
  { value: "c", text: "Rewind", icon: "rewind", isOn: false, refused: "It has not failed" },
  { value: "d", text: "Purge", icon: "trash", isDanger: true, isFirstOfGroup: true },
] as const;

function Buttons() {
  return (
    <Row>
      <button type="button" class="btn">
        <Icon name="play" isSmall />
        Start an instance
      </button>
      <button type="button" class="btn primary">
        <Icon name="send" isSmall />
        Send
      </button>
      <button type="button" class="btn danger">
        <Icon name="stop" isSmall />
        Terminate
      </button>
      <button type="button" class="btn primary danger">
        Purge
      </button>
      <button type="button" class="btn s">
        Small
      </button>
      <button type="button" class="btn" disabled>
        Not now
      </button>
      <CopyButton text="a" label="Copy" />
      <CopyButton text="a" label="Copy as JSON" shownLabel="Copy as JSON" />
    </Row>
  );
}

function Said() {
  return (
    <>
      <Notice title="There is no schedule">
        <p class="muted">An app makes one with hub.schedule.</p>
      </Notice>
      <Toasts />
    </>
  );
}

function Dialog({ look }: { readonly look: "sheet" | "box" }) {
  return (
    <Sheet
      look={look}
      icon="event"
      title="Raise an event"
      onClose={nothing}
      footer={
        <button type="button" class="btn primary spread">
          Send Approved
        </button>
      }
    >
      <p class="muted">The event is written to the inbox of approve-7f2c19.</p>
      <CommandLine command={`perdure raise-event approve-7f2c19 Approved --input '{"by":"ada@orders.example","approved":true}'`} />
    </Sheet>
  );
}

const WIDGETS: Readonly<Record<string, () => ComponentChildren>> = {
  icon: () => <Icons />,
  "status-mark": () => <Statuses />,
  sparkline: () => <Sparks />,
  "timeline-row": () => <TimelineRows />,
  "json-view": () => <JsonView text={JSON_TEXT} label="Input" />,
  "json-editor": () => <Editors />,
  "code-frame": () => <CodeFrame lines={LINES} label="Source" />,
  "virtual-grid": () => <Grid />,
  tabs: () => <Tabs label="Parts" tabs={TABS} chosen="b" />,
  button: () => <Buttons />,
  menu: () => <Menu look="btn" text="Opens" items={CHOICES} onChoose={nothing} />,
  popover: () => (
    <PopoverButton look="filter on" label="Tag" text="Opens">
      {() => (
        <div class="field">
          <label for="tag">Tag</label>
          <input id="tag" class="text-input" defaultValue="region:eu" />
          <span class="hint">key:value; several with commas.</span>
        </div>
      )}
    </PopoverButton>
  ),
  notice: () => <Said />,
  sheet: () => <Dialog look="sheet" />,
  box: () => <Dialog look="box" />,
};

const name = location.hash.slice(1);
const place = document.getElementById("app");
if (place !== null) render(<main class="gallery">{WIDGETS[name]?.()}</main>, place);
if (name === "notice") {
  say("Event Approved was sent to approve-7f2c19.", { link: { href: "#notice", text: "Open it" } });
  say("The host does not answer.", { isProblem: true });
}
