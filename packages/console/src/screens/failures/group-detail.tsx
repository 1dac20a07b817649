import { useState } from "preact/hooks";
import type { BulkAction, FailureGroup } from "../../api/wire.ts";
import { commonText, minuteText } from "../../model/failure-text.ts";
import { versionText } from "../../model/function-text.ts";
import { grouped } from "../../model/numbers.ts";
import { frameText, siteText } from "../../model/places.ts";
import { hrefOf, instanceHref } from "../../model/routes.ts";
import { shownStatus } from "../../model/shown-status.ts";
import { can, clock } from "../../state/hub.ts";
import { zone } from "../../state/zone.ts";
import { Icon } from "../../widgets/icon.tsx";
import type { MenuItem } from "../../widgets/menu.tsx";
import { Menu } from "../../widgets/menu.tsx";
import { ScrollArea } from "../../widgets/scroll-area.tsx";
import { StatusMark } from "../../widgets/status-mark.tsx";
import { BulkSheet } from "../common/bulk-sheet.tsx";
import { SourceLines } from "../common/source-frame.tsx";
import { TimeOf } from "../common/time.tsx";
import { Message } from "./group-line.tsx";

/** Frames of a stack that are shown before somebody asks for all. */
const FRAMES = 6;

export function GroupDetail({ group }: { readonly group: FailureGroup }) {
  const [action, setAction] = useState<BulkAction | null>(null);
  const { count, kind, first, ids, name, version, site, newest } = group;
  const more: MenuItem[] = [
    ...(can("rewind") && kind === "failed" ? [{ value: "rewind", text: "Rewind them", icon: "rewind" as const }] : []),
    ...(can("terminate") && kind === "stopped"
      ? [{ value: "terminate", text: "Terminate them", icon: "stop" as const, isDanger: true }]
      : []),
    ...(can("purge") && kind === "failed" ? [{ value: "purge", text: "Purge them", icon: "trash" as const, isDanger: true }] : []),
  ];
  return (
    <ScrollArea look="right" label="The chosen group">
      <div class="panel">
        <h2>
          <Message group={group} />
        </h2>
        <div class="row wrap chips">
          <span class="chip">
            <b>{grouped(count)}</b> {kind}
          </span>
          <span class="chip">
            {name}
            {version !== null && version !== "" && <b>{versionText(version)}</b>}
          </span>
          <span class="chip">
            since <b>{minuteText(first, clock.value, zone.value)}</b>
          </span>
        </div>
      </div>
      <div class="row wrap">
        {can("bulk") && can("restart") && (
          <button type="button" class="btn primary" onClick={() => setAction("restart")}>
            <Icon name="repeat" isSmall />
            Restart {grouped(ids.length)} {ids.length === 1 ? "instance" : "instances"}…
          </button>
        )}
        <a class="btn" href={listHref(group)}>
          Show them
        </a>
        {can("bulk") && more.length > 0 && (
          <Menu
            look="btn ghost icon-only"
            label="More for this group"
            text={<Icon name="more" isSmall />}
            items={more}
            onChoose={(value) => setAction(value === "rewind" || value === "terminate" || value === "purge" ? value : null)}
          />
        )}
      </div>
      {(site !== null || group.stack !== null) && <Thrown group={group} />}
      <Newest rows={newest} />
      {action !== null && <BulkSheet action={action} target={{ ids }} onClose={() => setAction(null)} />}
    </ScrollArea>
  );
}

/** The instances of the group, as near as a link can say it. */
function listHref({ kind, name, message }: FailureGroup): string {
  if (kind === "stopped") return hrefOf("instances", [], { stopped: "1", name });
  const longest = commonText(message);
  return hrefOf("instances", [], { status: "Failed", name, order: "ended", ...(longest === "" ? {} : { error: longest }) });
}

function Thrown({ group: { site, stack } }: { readonly group: FailureGroup }) {
  const [isWhole, setWhole] = useState(false);
  const frames = (stack ?? "").split("\n").filter((line) => line.trim().startsWith("at "));
  const shown = isWhole ? frames : frames.slice(0, FRAMES);
  return (
    <div class="panel">
      <h3>Where it was thrown {site !== null && <span class="dim mono spread site">{siteText(site)}</span>}</h3>
      {site !== null && <SourceLines key={siteText(site)} site={site} />}
      {shown.length > 0 && (
        <ScrollArea look="code fold stack-trace" label="Stack">
          {shown.map((line, index) => (
            <span key={index} title={line.trim()} class={site !== null && line.includes(`${site.file}:${site.line}`) ? "hit" : undefined}>
              {frameText(line)}
              {"\n"}
            </span>
          ))}
        </ScrollArea>
      )}
      {frames.length > FRAMES && (
        <button type="button" class="text-btn small" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? "Fewer frames" : `All ${frames.length} frames`}
        </button>
      )}
    </div>
  );
}

function Newest({ rows }: { readonly rows: FailureGroup["newest"] }) {
  return (
    <div class="panel">
      <h3>Newest</h3>
      <ul class="newest">
        {rows.map((row) => (
          <li key={row.id}>
            <a class="id" href={instanceHref(row.id)}>
              {row.id}
            </a>
            <StatusMark status={shownStatus(row)} />
            <span class="dim num small">
              <TimeOf at={row.completedAt ?? row.stopped?.at ?? row.updatedAt} />
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
