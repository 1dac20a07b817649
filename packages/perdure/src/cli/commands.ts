import type { Command } from "./command.ts";
import {
  LIST_OPTIONS,
  PURGE_OPTIONS,
  RAISE_EVENT_OPTIONS,
  REASON_OPTIONS,
  REPLAY_CHECK_OPTIONS,
  RESTART_OPTIONS,
  START_NEW_OPTIONS,
  START_OPTIONS,
  TARGET_OPTIONS,
  TERMINATE_OPTIONS,
  VERIFY_OPTIONS,
} from "./option-specs.ts";

const client = () => import("./client-commands.ts");

/** Every command, in the order of the help. Their code is loaded when one of them is asked for: `perdure start` pays for itself only. */
export const COMMANDS: readonly Command[] = [
  {
    name: "start",
    usage: "[app]",
    summary: "run the functions of an app folder or file, and serve HTTP",
    options: START_OPTIONS,
    run: async (io) => (await import("./start.ts")).startCommand(io),
  },
  {
    name: "start-new",
    usage: "<orchestrator>",
    summary: "start an orchestration",
    options: START_NEW_OPTIONS,
    run: async (io) => (await client()).startNewCommand(io),
  },
  {
    name: "list",
    usage: "",
    summary: "list orchestration instances",
    options: LIST_OPTIONS,
    run: async (io) => (await import("./list-command.ts")).listCommand(io),
  },
  {
    name: "status",
    usage: "<instance-id>",
    summary: "show one instance",
    options: TARGET_OPTIONS,
    run: async (io) => (await client()).statusCommand(io),
  },
  {
    name: "history",
    usage: "<instance-id>",
    summary: "show what happened to one instance, event by event",
    options: TARGET_OPTIONS,
    run: async (io) => (await client()).historyCommand(io),
  },
  {
    name: "raise-event",
    usage: "<instance-id> <event>",
    summary: "send an external event to an instance",
    options: RAISE_EVENT_OPTIONS,
    run: async (io) => (await client()).raiseEventCommand(io),
  },
  {
    name: "suspend",
    usage: "<instance-id>",
    summary: "suspend an instance until it is resumed",
    options: REASON_OPTIONS,
    run: async (io) => (await client()).controlCommand("suspend", io),
  },
  {
    name: "resume",
    usage: "<instance-id>",
    summary: "let a suspended or stopped instance continue",
    options: REASON_OPTIONS,
    run: async (io) => (await client()).controlCommand("resume", io),
  },
  {
    name: "terminate",
    usage: "<instance-id>",
    summary: "end an instance now",
    options: TERMINATE_OPTIONS,
    run: async (io) => (await client()).controlCommand("terminate", io),
  },
  {
    name: "restart",
    usage: "<instance-id>",
    summary: "start an instance again from its beginning, with the same input",
    options: RESTART_OPTIONS,
    run: async (io) => (await import("./rerun-commands.ts")).restartCommand(io),
  },
  {
    name: "purge",
    usage: "[instance-id]",
    summary: "delete a finished instance, or all finished ones of a time range",
    options: PURGE_OPTIONS,
    run: async (io) => (await import("./purge-command.ts")).purgeCommand(io),
  },
  {
    name: "replay-check",
    usage: "<app>",
    summary: "replay recorded instances with the code of an app, and show where it would do otherwise",
    options: REPLAY_CHECK_OPTIONS,
    run: async (io) => (await import("./replay-check/command.ts")).replayCheckCommand(io),
  },
  {
    name: "verify",
    usage: "[store]",
    summary: "check a store for damage and broken invariants",
    options: VERIFY_OPTIONS,
    run: async (io) => (await import("./verify.ts")).verifyCommand(io),
  },
];
