import type { InstanceAction } from "../api/wire.ts";
import type { EntityAction } from "../model/entity-actions.ts";
import type { ShownStatus } from "../model/shown-status.ts";
import type { RowKind } from "../model/timeline.ts";

/** Lines of 24 by 24, from `<path d>`. Circles and rectangles are paths, too. */
export const ICONS = {
  instances: "M4 6h16M4 12h16M4 18h10",
  entity:
    "M15 12a3 3 0 1 1-6 0 3 3 0 0 1 6 0M12 2.5v4M12 17.5v4M2.5 12h4M17.5 12h4M7.2 5.6a8 8 0 0 1 1.9-1M14.9 4.6a8 8 0 0 1 1.9 1M18.4 7.2a8 8 0 0 1 1 1.9M19.4 14.9a8 8 0 0 1-1 1.9M16.8 18.4a8 8 0 0 1-1.9 1M9.1 19.4a8 8 0 0 1-1.9-1M5.6 16.8a8 8 0 0 1-1-1.9M4.6 9.1a8 8 0 0 1 1-1.9",
  warning: "M12 3.5 21 19.5H3L12 3.5ZM12 10v4M12 16.8v.2",
  workers:
    "M5 4h14a1.5 1.5 0 0 1 1.5 1.5V9a1.5 1.5 0 0 1-1.5 1.5H5A1.5 1.5 0 0 1 3.5 9V5.5A1.5 1.5 0 0 1 5 4ZM5 13.5h14a1.5 1.5 0 0 1 1.5 1.5v3.5A1.5 1.5 0 0 1 19 20H5a1.5 1.5 0 0 1-1.5-1.5V15A1.5 1.5 0 0 1 5 13.5ZM7 7.2h.01M7 16.8h.01",
  functions: "M8 4c-3 0-3 2-3 4s0 4-2 4c2 0 2 2 2 4s0 4 3 4M16 4c3 0 3 2 3 4s0 4 2 4c-2 0-2 2-2 4s0 4-3 4",
  schedule: "M5.5 5h13a2 2 0 0 1 2 2v11.5a2 2 0 0 1-2 2h-13a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2ZM3.5 9.5h17M8 3v4M16 3v4M12 12.5v3l2 1.2",
  sun: "M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M18.7 5.3l-1.4 1.4M6.7 17.3l-1.4 1.4",
  settings: "M15 12a3 3 0 1 1-6 0 3 3 0 0 1 6 0M12 3v2.5M12 18.5V21M4.2 7.5l2.2 1.2M17.6 15.3l2.2 1.2M4.2 16.5l2.2-1.2M17.6 8.7l2.2-1.2",
  updown: "m8 9.5 4-4 4 4M8 14.5l4 4 4-4",
  search: "M17.5 11a6.5 6.5 0 1 1-13 0 6.5 6.5 0 0 1 13 0M16 16l4.5 4.5",
  zoom: "M17.5 11a6.5 6.5 0 1 1-13 0 6.5 6.5 0 0 1 13 0M16 16l4.5 4.5M8.5 11h5M11 8.5v5",
  whole: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  plus: "M12 5v14M5 12h14",
  play: "M7 4.5 19 12 7 19.5Z",
  pause: "M8.5 5v14M15.5 5v14",
  more: "M5.5 12h.01M12 12h.01M18.5 12h.01",
  activity: "M13 2.5 4.5 14H12l-1 7.5L19.5 10H12l1-7.5Z",
  event: "M3.5 12h5l2-6 3.5 12 2-6h4.5",
  message: "M5.5 5.5h13a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-13a2 2 0 0 1-2-2v-9a2 2 0 0 1 2-2ZM4 7.5l8 6 8-6",
  child: "M6 4v8a3 3 0 0 0 3 3h9M14.5 11.5 18 15l-3.5 3.5",
  timer: "M19.5 13a7.5 7.5 0 1 1-15 0 7.5 7.5 0 0 1 15 0M12 9v4l2.5 2M9.5 2.5h5",
  clock: "M20.5 12a8.5 8.5 0 1 1-17 0 8.5 8.5 0 0 1 17 0M12 7v5l3.2 2",
  lock: "M7 11h10a1.5 1.5 0 0 1 1.5 1.5v6A1.5 1.5 0 0 1 17 20H7a1.5 1.5 0 0 1-1.5-1.5v-6A1.5 1.5 0 0 1 7 11ZM8 11V8a4 4 0 0 1 8 0v3",
  check: "m5 12.5 4.5 4.5L19 7.5",
  cross: "m6 6 12 12M18 6 6 18",
  repeat: "M20 11.5a8 8 0 1 0-2 6M20 5v6.5h-6.5",
  rewind: "M11 6 4 12l7 6V6ZM20 6l-7 6 7 6V6Z",
  stop: "M7.5 5.5h9a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-9a2 2 0 0 1-2-2v-9a2 2 0 0 1 2-2Z",
  start: "M7.5 3.5h9a4 4 0 0 1 4 4v9a4 4 0 0 1-4 4h-9a4 4 0 0 1-4-4v-9a4 4 0 0 1 4-4ZM8 12h8M12 8v8",
  copy: "M10.5 8.5H18a2 2 0 0 1 2 2V18a2 2 0 0 1-2 2h-7.5a2 2 0 0 1-2-2v-7.5a2 2 0 0 1 2-2ZM15.5 8.5V6a2 2 0 0 0-2-2H6a2 2 0 0 0-2 2v7.5a2 2 0 0 0 2 2h2.5",
  down: "m6 9.5 6 6 6-6",
  right: "m9.5 6 6 6-6 6",
  question: "M20.5 12a8.5 8.5 0 1 1-17 0 8.5 8.5 0 0 1 17 0M9.5 9.5a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.1.9-1.1 1.8M12 16.6v.2",
  terminal: "M5.5 4.5h13a2 2 0 0 1 2 2v11a2 2 0 0 1-2 2h-13a2 2 0 0 1-2-2v-11a2 2 0 0 1 2-2ZM7.5 9.5l3 2.5-3 2.5M13 15h3.5",
  code: "m8.5 7-5 5 5 5M15.5 7l5 5-5 5",
  send: "M4 12 20.5 4 14 20.5l-2.8-6.7L4 12Z",
  download: "M12 4v11M7.5 11 12 15.5 16.5 11M4.5 19.5h15",
  trash: "M4.5 6.5h15M9.5 6.5V4.5h5v2M6.5 6.5l1 13h9l1-13M10 10.5v5.5M14 10.5v5.5",
  globe: "M20.5 12a8.5 8.5 0 1 1-17 0 8.5 8.5 0 0 1 17 0M3.5 12h17M12 3.5c5 5 5 12 0 17M12 3.5c-5 5-5 12 0 17",
} as const;

export type IconName = keyof typeof ICONS;

export const ACTION_ICONS: Readonly<Record<InstanceAction, IconName>> = {
  "raise-event": "event",
  suspend: "pause",
  resume: "play",
  terminate: "stop",
  restart: "repeat",
  rewind: "rewind",
  purge: "trash",
};

export const ENTITY_ACTION_ICONS: Readonly<Record<EntityAction, IconName>> = { resume: "play", skip: "repeat", purge: "trash" };

/** What an orchestrator asks for and waits for. */
export const CALL_ICONS = {
  activity: "activity",
  timer: "timer",
  event: "event",
  child: "child",
  entity: "entity",
  lock: "lock",
  message: "message",
} as const satisfies Readonly<Record<string, IconName>>;

/** Of a timeline: its messages are those that were sent. */
export const ROW_ICONS: Readonly<Record<RowKind, IconName>> = { ...CALL_ICONS, instance: "start", message: "send" };

/** Lines of 12 by 12 that tell a status by shape: `fill` of the status colour, `line` of it, `cut` of the background above both. */
export interface StatusShape {
  readonly fill?: string;
  readonly line?: string;
  readonly faint?: string;
  readonly dashed?: true;
  readonly cut?: string;
}

const RING = "M11 6a5 5 0 1 1-10 0 5 5 0 0 1 10 0";
const SQUARE = "M3 1h6a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2H3a2 2 0 0 1-2-2V3a2 2 0 0 1 2-2Z";

export const STATUS_SHAPES = {
  pending: { line: RING, dashed: true },
  running: { faint: RING, line: "M6 1a5 5 0 0 1 5 5", fill: "M7.8 6a1.8 1.8 0 1 1-3.6 0 1.8 1.8 0 0 1 3.6 0" },
  suspended: {
    fill: "M1.8 2a1 1 0 0 1 1-1H4a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1H2.8a1 1 0 0 1-1-1ZM7 2a1 1 0 0 1 1-1h1.2a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1Z",
  },
  stopped: { fill: "M3.7.6h4.6l3.1 3.1v4.6l-3.1 3.1H3.7L.6 8.3V3.7Z", cut: "M6 3v3.4M6 8.6v.2" },
  completed: { fill: "M12 6A6 6 0 1 1 0 6a6 6 0 0 1 12 0", cut: "m3.4 6.2 1.8 1.8 3.4-3.7" },
  failed: { fill: "M6 .4 11.6 6 6 11.6.4 6Z", cut: "m4.3 4.3 3.4 3.4M7.7 4.3 4.3 7.7" },
  terminated: { fill: `${SQUARE}M4 4v4h4V4Z` },
  canceled: { fill: SQUARE, cut: "M4 6h4" },
} as const satisfies Readonly<Record<ShownStatus, StatusShape>>;
