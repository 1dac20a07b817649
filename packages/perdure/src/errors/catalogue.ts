import { AZURE_ERRORS } from "./azure-errors.ts";
import { CONSOLE_ERRORS } from "./console-errors.ts";
import { entry } from "./entry.ts";
import { HTTP_ERRORS } from "./http-errors.ts";
import type { PoisonCause, PoisonOperation } from "./poison-cause.ts";
import { activityPoisonMessage, instancePoisonMessage } from "./poison-cause.ts";
import type { HistoryLimits, WrongVersion } from "./sentences.ts";
import {
  DURABLE_ADVICE,
  FUNCTIONS,
  historyLimits,
  INSTEAD,
  inHost,
  list,
  NO_VALUE,
  otherCommand,
  otherOption,
  UNUSABLE,
  WAITS,
  waitsForVersion,
} from "./sentences.ts";
import { shown } from "./shown.ts";
import type { Stopped } from "./stands-still.ts";
import { standsStill } from "./stands-still.ts";
import { STORE_ERRORS } from "./store-errors.ts";
import { timeWords } from "./time-words.ts";

/** One entry for each case. Message = what happened + the offending value + what to do. The key is the code; docs/errors.md explains each. */
export const CATALOGUE = {
  // --- client: the caller must change the call ---
  INSTANCE_NOT_FOUND: entry(
    "client",
    404,
    (id: string) =>
      `There is no orchestration instance "${id}" in this task hub. Check the id and the task hub: "perdure list" shows which there are, and "perdure audit" with the id whether it was purged.`,
  ),
  SCHEDULE_NOT_FOUND: entry(
    "client",
    404,
    (name: unknown, known: readonly string[]) =>
      `There is no active or paused schedule ${shown(name)} in this task hub. Known ones: ${list(known)}. Correct the name, or start a worker whose app has it.`,
  ),
  INSTANCE_DONE: entry(
    "client",
    410,
    (id: string, status: string) => `Orchestration instance "${id}" is ${status}: it accepts no more messages. Start a new one.`,
  ),
  INSTANCE_EXISTS: entry(
    "client",
    409,
    (id: string, status: string, instead: keyof typeof INSTEAD) =>
      `Orchestration instance "${id}" exists and is ${status}. ${INSTEAD[instead]}`,
  ),
  INSTANCE_NOT_TERMINAL: entry(
    "client",
    412,
    (id: string, status: string) => `Orchestration instance "${id}" is ${status}; only a finished one can be purged. Terminate it first.`,
  ),
  INSTANCE_NOT_FAILED: entry(
    "client",
    412,
    (id: string, status: string) =>
      `Orchestration instance "${id}" is ${status}; only a failed one can be rewound. Start it again with restart, or make another one of its history with fork.`,
  ),
  FORK_INVALID: entry(
    "client",
    400,
    (id: string, why: string) => `Orchestration instance "${id}" cannot be forked there: ${why}. Nothing was started.`,
  ),
  INSTANCE_ID_INVALID: entry("client", 400, (id: unknown, problem: string) => `The instance id ${shown(id)} cannot be used: ${problem}.`),
  ENTITY_KEY_INVALID: entry(
    "client",
    400,
    (name: string, key: unknown, problem: string) => `The key ${shown(key)} of an entity "${name}" cannot be used: ${problem}.`,
  ),
  VERSION_INVALID: entry(
    "client",
    400,
    (version: unknown, problem: string) =>
      `The version ${shown(version)} of an orchestration cannot be used: ${problem}. Give a string of 1 to 256 characters, or leave it out.`,
  ),
  FUNCTION_UNKNOWN: entry(
    "client",
    400,
    (name: string, known: readonly string[]) =>
      `There is no orchestrator function "${name}". Known ones: ${list(known)}. Correct the name, or add it to ${FUNCTIONS}; if a worker that has it starts later, set ${inHost("functionNotFoundAfter")}.`,
  ),
  ENTITY_NOT_FOUND: entry(
    "client",
    404,
    (id: string) =>
      `There is nothing of the entity "${id}" in this task hub. Check its name and its key; "perdure entities list" shows those that have a state.`,
  ),
  ENTITY_NOTHING_TO_SKIP: entry(
    "client",
    412,
    (id: string, why: string) =>
      `No operation of the entity "${id}" can be skipped: ${why}. "perdure entities show" says whether it is stopped, and before which operation.`,
  ),
  ENTITY_UNKNOWN: entry(
    "client",
    400,
    (name: string, known: readonly string[]) =>
      `There is no entity function "${name}". Known ones: ${list(known)}. Correct the name, or add it to ${FUNCTIONS}.`,
  ),
  PAYLOAD_TOO_LARGE: entry(
    "client",
    413,
    (what: string, bytes: number, limit: number) =>
      `The ${what} has ${bytes} bytes of JSON, more than the limit of ${limit}. Nothing was written. Pass a reference to the data, or raise ${inHost("maxPayloadBytes")}.`,
  ),
  PAYLOAD_TOO_DEEP: entry(
    "client",
    400,
    (what: string, limit: number) =>
      `The ${what} has more than ${limit} levels of nested lists and objects. Nothing was written. Make it flatter, or raise ${inHost("maxJsonDepth")}.`,
  ),
  PAYLOAD_NOT_JSON: entry(
    "client",
    400,
    (what: string, why: string) => `The ${what} cannot be written as JSON: ${why}. Pass its JSON form instead.`,
  ),
  RESULT_TIMEOUT: entry(
    "client",
    504,
    (id: string, ms: number, waits: Stopped | WrongVersion | keyof typeof WAITS) =>
      `Orchestration instance "${id}" did not finish within ${timeWords(ms)}. ${typeof waits === "string" ? WAITS[waits] : "taken" in waits ? waitsForVersion(waits) : standsStill(waits)}`,
  ),
  TEST_TIME_STANDS: entry(
    "client",
    504,
    (id: string, ms: number) =>
      `Orchestration instance "${id}" has not ended, and nothing can happen to it: for ${timeWords(ms)} no time has passed in its test hub. There time passes only in testHub.result(run) and testHub.advance(duration): await testHub.result(run), or call advance while you wait.`,
  ),
  INSTANCE_STOPPED: entry(
    "function",
    500,
    (id: string, stopped: Stopped) => `Orchestration instance "${id}" has no result yet. ${standsStill(stopped)}`,
  ),
  BODY_TOO_LARGE: entry(
    "client",
    413,
    (limit: number) =>
      `The request body has more than ${limit} bytes. Nothing was written. Send a reference to the data, or raise ${inHost("maxBodyBytes")}.`,
  ),
  BODY_TIMEOUT: entry(
    "client",
    408,
    (seconds: number) =>
      `The request body did not arrive within ${seconds} s. Nothing was written. Send it again, or raise ${inHost("bodyTimeout")}.`,
  ),
  BODY_NOT_TEXT: entry(
    "client",
    400,
    (charset: string) =>
      `The request body is not valid ${charset}. Nothing was written. Send it as UTF-8, or name its charset in Content-Type.`,
  ),
  CHARSET_UNKNOWN: entry(
    "client",
    415,
    (charset: string) => `The charset ${JSON.stringify(charset)} of the request body is unknown. Nothing was written. Send it as UTF-8.`,
  ),
  BODIES_HELD: entry(
    "client",
    503,
    (limit: number) =>
      `The request bodies that are being received are together larger than ${limit} bytes. Nothing was written. Send this one again later, or raise ${inHost("maxHeldBodyBytes")}.`,
  ),
  BODY_ALREADY_READ: entry(
    "configuration",
    500,
    () =>
      "Another part of the server has read the body of this request before Perdure got it. Mount Perdure before any body parser (express.json() and the like).",
  ),
  CONTINUATION_INVALID: entry(
    "client",
    400,
    (token: string) => `The continuation token ${JSON.stringify(token)} does not come from an earlier page. Begin again without one.`,
  ),
  WAIT_INTERVAL_INVALID: entry(
    "client",
    400,
    (timeoutSeconds: number, intervalSeconds: number) =>
      `Total timeout ${timeoutSeconds} should be bigger than retry timeout ${intervalSeconds}. Nothing was started.`,
  ),
  TRANSACTION_UNSUPPORTED: entry(
    "client",
    400,
    (store: string) =>
      `The store is ${store}, which cannot take part in your transaction: "transaction" needs a PostgreSQL store and a connection of "pg" to the same database.`,
  ),
  HUB_CLOSED: entry("client", 503, () => "This task hub was closed. Open a new one."),
  HOST_STOPPING: entry(
    "client",
    503,
    () => "This host is stopping and starts nothing more. Nothing was accepted: call another host, or this one after its restart.",
  ),
  // --- function: the author of the code must change it ---
  NON_DETERMINISM: entry("function", 500, (text: string) => text),
  STUCK: entry(
    "function",
    500,
    (name: string, id: string, awaited: string, created: string) =>
      `Orchestrator "${name}" (${id}) is waiting for ${awaited}. After a restart nothing would resolve it. ${DURABLE_ADVICE}${created}`,
  ),
  LATE_USE: entry(
    "function",
    500,
    (name: string, id: string, use: string) =>
      `The context of "${name}" (${id}) was used (${use}) outside its episode. An await on something other than a durable task came before this line, or the context was kept by other code. ${DURABLE_ADVICE}`,
  ),
  LATE_END: entry(
    "function",
    500,
    (name: string, id: string) =>
      `Orchestrator "${name}" (${id}) ended outside its episode. An await on something other than a durable task came before its end. ${DURABLE_ADVICE}`,
  ),
  GUARDED_CALL: entry(
    "function",
    500,
    (call: string, advice: string) =>
      `${call} cannot be used in an orchestrator: it would not be repeated in replay. ${advice} If this is a library that must run for real (a logger), wrap it: outsideOrchestration(() => …).`,
  ),
  DIRECT_CALL: entry(
    "function",
    500,
    (what: string, advice: string) =>
      `${what} was called directly in an orchestrator: it would run unrecorded, and again at each replay. ${advice}`,
  ),
  TICK_FAILED: entry(
    "function",
    500,
    (name: string, id: string, message: string) =>
      `A callback that "${name}" (${id}) gave to process.nextTick threw: ${message}. Node runs such callbacks at a moment that a replay does not repeat: await the work, or use queueMicrotask.`,
  ),
  AZURE_SDK_UNSUPPORTED: entry(
    "function",
    500,
    (name: string, member: string) =>
      `Orchestrator function "${name}" cannot be run: its copy of durable-functions has no "${member}" where releases 3.0.0 to 3.x have it. Use one of these, and do not let a bundler rename properties.`,
  ),
  FUNCTION_NOT_REGISTERED: entry(
    "function",
    500,
    (what: string, name: string, known: readonly string[]) =>
      `There is no ${what} function "${name}" in this worker. Known ones: ${list(known)}. Register it, or correct the name.`,
  ),
  FUNCTION_NOT_OFFERED: entry(
    "function",
    500,
    (what: string, name: string, known: readonly string[]) =>
      `There is no ${what} function "${name}" in any live worker of this task hub. Known ones: ${list(known)}. Start a worker that has it, or correct the name.`,
  ),
  INSTANCE_POISON: entry(
    "function",
    500,
    (cause: PoisonCause, operation: PoisonOperation | null) => `${instancePoisonMessage(cause, operation)}. Fix it, then resume it.`,
  ),
  ACTIVITY_POISON: entry(
    "function",
    500,
    (name: string, eventId: number, cause: PoisonCause) =>
      `Activity "${name}" (task ${eventId}) ${activityPoisonMessage(cause)}. Fix it, then resume the instance: it will run again.`,
  ),
  ACTIONS_MISNUMBERED: entry(
    "function",
    500,
    (name: string, id: string, action: { readonly kind: string; readonly id?: number }, after: number) =>
      `The executor of "${name}" (${id}) gives an action (${action.kind}) the number ${action.id}, ${after < 0 ? "and the first is 0 or more" : `after ${after}`}. Numbers are integers that rise within an execution. Nothing of the episode is recorded: fix the executor or its SDK, and the instance continues with it.`,
  ),
  CONTINUE_NOT_RETURNED: entry(
    "function",
    500,
    (name: string, id: string, returned: unknown) =>
      `"${name}" (${id}) called ctx.continueAsNew and returned ${returned === undefined ? "nothing" : shown(returned)} after it. Write: return ctx.continueAsNew(…). Nothing was lost: the instance continues as soon as corrected code runs.`,
  ),
  CONTEXT_CONTINUED: entry(
    "function",
    500,
    (use: string) => `ctx.continueAsNew was called before: the context takes no more calls (${use}). Write "return ctx.continueAsNew(…)".`,
  ),
  CONTEXT_ENDED: entry(
    "function",
    500,
    (use: string) =>
      `The orchestrator function has ended: its context takes no more calls (${use}). Await what must happen before the end.`,
  ),
  TOO_MANY_ACTIONS: entry(
    "function",
    500,
    (limit: number) =>
      `The orchestrator asked for more than ${limit} actions in one execution. Use ctx.continueAsNew or sub-orchestrations.`,
  ),
  CUSTOM_STATUS_TOO_LARGE: entry(
    "function",
    500,
    (bytes: number, limit: number) =>
      `The custom status has ${bytes} bytes (2 for each character of its JSON), more than the limit of ${limit}. Keep it short and pass a reference to the rest.`,
  ),
  CHILD_ID_INVALID: entry(
    "function",
    500,
    (id: unknown, problem: string) => `The instance id ${shown(id)} cannot be used for another orchestration: ${problem}.`,
  ),
  CALL_INVALID: entry("function", 500, (call: string, problem: string) => `${call}: ${problem}.`),
  HISTORY_LONG: entry(
    "function",
    500,
    (name: string, id: string, events: number, bytes: number) =>
      `The history of "${name}" (${id}) has ${events} events and about ${bytes} bytes: it is read again after each restart. Continue as new from time to time (return ctx.continueAsNew(next)), or give parts of the work to sub-orchestrations.`,
  ),
  HISTORY_LIMIT: entry(
    "function",
    500,
    (name: string, id: string, events: number, bytes: number, limits: HistoryLimits) =>
      `The history of "${name}" (${id}) has ${events} events and about ${bytes} bytes, and this worker allows ${historyLimits(limits)}. Continue as new from time to time (return ctx.continueAsNew(next)), give parts of the work to sub-orchestrations, or raise the limit (maxHistoryEvents, maxHistoryBytes).`,
  ),
  VERSION_MISMATCH: entry(
    "function",
    500,
    (name: string, id: string, version: string, taken: string) =>
      `Orchestration version did not comply with Worker Versioning: "${name}" (${id}) has ${version}, and live workers take ${taken}. Start it in a version that they take, or deploy code that takes this one.`,
  ),
  VERSION_NOT_TAKEN: entry(
    "function",
    500,
    (name: string, version: string, taken: string) =>
      `Instances of orchestrator "${name}" with ${version} wait: live workers take ${taken}. Deploy code that takes this version, or terminate them.`,
  ),
  ENTITY_OPERATION_UNKNOWN: entry(
    "function",
    500,
    (entity: string, operation: string, known: readonly string[]) =>
      `Entity "${entity}" has no operation "${operation}". It has: ${list(known)}. Correct the name, or deploy the entity that has it first.`,
  ),
  ACTIVITY_FAILED: entry("function", 500, (activity: string, why: string) => `Activity "${activity}" failed: ${why}`),
  SUB_ORCHESTRATION_FAILED: entry(
    "function",
    500,
    (orchestrator: string, id: string, why: string) => `Sub-orchestration "${orchestrator}" (${id}) failed: ${why}`,
  ),
  ENTITY_OPERATION_FAILED: entry(
    "function",
    500,
    (entity: string, operation: string, why: string) => `Operation "${operation}" of ${entity} failed: ${why}`,
  ),
  LOCKING_RULES_VIOLATION: entry("function", 500, (problem: string) => `A critical section forbids this: ${problem}.`),
  ORCHESTRATION_FAILED: entry(
    "function",
    500,
    (orchestrator: string, id: string, why: string) => `Orchestration "${orchestrator}" (${id}) failed: ${why}`,
  ),
  ORCHESTRATION_TERMINATED: entry(
    "function",
    500,
    (orchestrator: string, id: string, reason: string | null) =>
      `Orchestration "${orchestrator}" (${id}) was terminated${reason === null ? "" : `: ${reason}`}`,
  ),
  TIMED_OUT: entry("function", 500, (text: string) => text),
  TASK_PENDING: entry("function", 500, (task: string) => `${task} has no result yet. Await it, or look at isCompleted first.`),
  TASK_AS_DATA: entry("function", 500, (task: string) => `${task} is a task and cannot be sent as data. Await it and send its value.`),
  ACTIVITY_ABORTED: entry(
    "function",
    500,
    (name: string, reason: string) => `Activity "${name}" was aborted: ${reason}. Stop working and throw.`,
  ),
  SCHEMA_ASYNC: entry(
    "function",
    500,
    (where: string) => `The schema of ${where} returned a promise. Orchestrators and event tokens need a synchronous schema.`,
  ),
  VALUE_INVALID: entry("function", 500, (where: string, issues: string) => `The ${where} does not fit its schema: ${issues}.`),
  HTTP_FUNCTION_FAILED: entry("function", 500, (name: string) => `The HTTP function "${name}" failed. The log of the host has the error.`),
  ...CONSOLE_ERRORS,
  ...HTTP_ERRORS,
  // --- configuration: the operator who starts the host ---
  FUNCTION_NAME_DUPLICATE: entry(
    "configuration",
    500,
    (name: string, other: string, version: string | null) =>
      `Two functions are called "${name}"${name === other ? "" : ` and "${other}"`}${version === null ? "" : `, of version "${version}"`}. Names compare without case, so only one of them could be called: rename the other, or, of two orchestrators of exactly one name, give it another version.`,
  ),
  FUNCTION_NAME_INVALID: entry(
    "configuration",
    500,
    (name: unknown, problem: string, kind = "function") =>
      `${shown(name)} is not ${kind === "event" ? "an event" : "a function"} name: ${problem}. Give a non-empty string.`,
  ),
  FUNCTION_INVALID: entry(
    "configuration",
    500,
    (where: string, found: string) =>
      `${where} is ${found}; expected a function made with activity(), orchestrator(), entity(), http(), httpCalls(), schedule(), timer(), onStart() or onStop().`,
  ),
  SCHEDULE_INVALID: entry(
    "configuration",
    500,
    (name: string, cron: string, timeZone: string, problem: string) =>
      `Schedule "${name}" cannot run by "${cron}" in time zone "${timeZone}": ${problem}. Give five fields (minute hour day month weekday) or six with seconds first, and an IANA time zone such as "Europe/Berlin".`,
  ),
  OPTION_UNKNOWN: entry(
    "configuration",
    500,
    (where: string, option: string, known: readonly string[]) => `${where} has no option "${option}"${otherOption(where, option, known)}.`,
  ),
  OPTION_INVALID: entry(
    "configuration",
    500,
    (where: string, option: string, value: unknown, expected: string) =>
      `${where}: option "${option}" ${value === NO_VALUE ? "has no value" : `is ${shown(value)}`}; expected ${expected}.`,
  ),
  KEY_REQUIRED: entry(
    "configuration",
    500,
    (hostname: string) =>
      `The address "${hostname}" can be reached from other machines, so the HTTP API needs a key there. Set one (perdure start --key KEY, or PERDURE_KEY; in a program the option keys), or listen on 127.0.0.1, ::1 or localhost.`,
  ),
  THREAD_FILE_MISSING: entry(
    "configuration",
    500,
    (file: string) =>
      `The file of a thread is missing: ${file}. Perdure seems to be bundled into another file. Keep it out of the bundle (esbuild: --external:perdure; Next.js: serverExternalPackages; Vite: ssr.external) and install it beside the bundle, or bundle its threads too: see docs/guides/bundlers.md.`,
  ),
  THREAD_OTHER_RELEASE: entry(
    "configuration",
    500,
    (own: number, given: number | undefined) =>
      `The file of the thread that writes the database is of another release of Perdure: it takes rows of layout ${own}, and this process sends layout ${given ?? "0"}. Nothing was written. Install one release (if Perdure is bundled, build its threads again), then start this process again.`,
  ),
  RUNTIME_UNSUPPORTED: entry(
    "configuration",
    500,
    (runtime: string, oldest: number) =>
      `Perdure runs on Node.js ${oldest} or newer, and this is ${runtime}, where replay is not tested. Run the program with \`node\`; another runtime can call it over HTTP.`,
  ),
  NODE_TOO_OLD: entry(
    "configuration",
    500,
    (oldest: number, found: string, path: string) =>
      `Perdure needs Node ${oldest} or newer, and this is Node ${found} (${path}). Install a newer one (https://nodejs.org, or a version manager such as nvm or fnm) and start again with it.`,
  ),
  ADDRESS_IN_USE: entry(
    "configuration",
    500,
    (hostname: string, port: number) =>
      `Port ${port} of ${hostname} is used by another program. Choose another port, or stop that program.`,
  ),
  ADDRESS_UNUSABLE: entry(
    "configuration",
    500,
    (hostname: string, port: number, why: keyof typeof UNUSABLE) =>
      `The HTTP API cannot listen on port ${port} of "${hostname}": ${UNUSABLE[why](port)}.`,
  ),
  ROUTE_INVALID: entry(
    "configuration",
    500,
    (name: string, route: string, problem: string) => `The HTTP function "${name}" has the route "${route}": ${problem}.`,
  ),
  ROUTE_TAKEN: entry(
    "configuration",
    500,
    (name: string, other: string, route: string) =>
      `The HTTP functions "${name}" and "${other}" both answer the route "${route}". Change the route or the methods of one of them.`,
  ),
  COMMAND_UNKNOWN: entry(
    "configuration",
    500,
    (name: string, known: readonly string[]) => `There is no command "${name}"${otherCommand(name, known)}.`,
  ),
  ARGUMENTS_WRONG: entry(
    "configuration",
    500,
    (where: string, usage: string, given: readonly string[]) =>
      `${where} was called with ${given.length === 0 ? "no arguments" : given.length === 1 ? `the argument ${list(given)}` : `the arguments ${list(given)}`}; expected: ${usage}.`,
  ),
  OPTION_MISSING: entry(
    "configuration",
    500,
    (where: string, needed: string) => `${where} needs ${needed}. "${where} --help" shows what it takes.`,
  ),
  STORE_MISSING: entry(
    "configuration",
    500,
    (path: string) => `There is no store file at "${path}". Check the path; "perdure start" creates a new store.`,
  ),
  APP_FOLDER_NOT_EMPTY: entry(
    "configuration",
    500,
    (folder: string, names: readonly string[]) =>
      `The folder "${folder}" is not empty: it has ${list(names.slice(0, 5))}${names.length > 5 ? ` and ${names.length - 5} more` : ""}. A new app is written into an empty folder only; give a name that is not there yet, such as "perdure init my-app". Nothing was written.`,
  ),
  APP_NOT_FOUND: entry(
    "configuration",
    500,
    (path: string) => `There is no app at "${path}". Give the path of a folder or file with exported functions, such as ./my-app.`,
  ),
  EXPORT_INVALID: entry(
    "configuration",
    500,
    (path: string, problem: string) =>
      `"${path}" cannot be read as exported histories: ${problem}. Give a file of perdure export, or a folder of such (*.json, *.jsonl): an export a line, or one or a list of them in all, each { "instanceId": …, "history": [ … ] }.`,
  ),
  FILE_NOT_WRITTEN: entry(
    "configuration",
    500,
    (path: string, why: string) =>
      `"${path}" cannot be written: ${why}. What was there before is unchanged. Choose another path, or correct that one.`,
  ),
  IMPORT_INVALID: entry(
    "configuration",
    500,
    (path: string, problem: string) =>
      `"${path}" cannot be imported: ${problem}. Nothing was written. Give what perdure export has written: a file *.jsonl or *.json, or a folder of them.`,
  ),
  STORE_NOT_EMPTY: entry(
    "configuration",
    500,
    (location: string) =>
      `The store at ${location} has held instances: others are only put into one that never had any. Nothing was written. Give the path of a new file, or a new schema (?schema=name).`,
  ),
  STORE_IN_USE: entry(
    "configuration",
    500,
    (location: string, host: string) =>
      `A worker (${host}) uses the store at ${location}. Stop every host of it, wait for 10 seconds if one was killed, and try again with a new target.`,
  ),
  BACKUP_BY_SERVER: entry(
    "configuration",
    500,
    (location: string) =>
      `The store at ${location} is a PostgreSQL database, which is backed up by its own tools while it runs: pg_dump, base backups, point-in-time recovery.`,
  ),
  APP_EMPTY: entry(
    "configuration",
    500,
    (path: string, files: readonly string[]) =>
      `No functions were found in "${path}". Files read: ${list(files)}. Export what orchestrator(), activity() and http() return.`,
  ),
  APP_IMPORT_FAILED: entry(
    "configuration",
    500,
    (file: string, reason: string, advice = "") =>
      `The app file "${file}" cannot be loaded: ${reason}.${advice === "" ? "" : ` ${advice}`} Nothing was started.`,
  ),
  START_HOOK_FAILED: entry(
    "function",
    500,
    (why: string, of = "onStart") =>
      `A function given to ${of} failed: ${why}. Nothing was started. Fix what it needs, or catch what may fail.`,
  ),
  HOST_UNREACHABLE: entry(
    "client",
    503,
    (url: string) =>
      `No host answers at ${url}. Start one with "perdure start", name another with --url, or read the store itself with --store file:PATH.`,
  ),
  REQUEST_REFUSED: entry(
    "client",
    400,
    (what: string, status: number, text: string) => `${what} was refused${text === "" ? ` with HTTP status ${status}` : `: ${text}`}.`,
  ),
  INPUT_NOT_JSON: entry(
    "client",
    400,
    (where: string, option: string, text: string) =>
      `${where} ${option} is ${JSON.stringify(text)}, which is not valid JSON. Strings need quotes: ${option} '"text"'.`,
  ),
  STORE_URL_INVALID: entry(
    "configuration",
    500,
    (url: string, path: string | null = null) =>
      `The store ${JSON.stringify(url)} cannot be opened: expected "file:PATH" (one SQLite file), "postgres://user@host/database" (shared by many processes) or "memory:" (nothing is kept).${path === null ? "" : ` Write ${JSON.stringify(`file:${path}`)} for that file.`}`,
  ),
  STORE_NOT_SHARED: entry(
    "configuration",
    500,
    (where: string, option: string) =>
      `${where}: "${option}" needs a store that several processes share, and "memory:" is the memory of one. Give --store file:PATH, or leave the option out.`,
  ),
  WORKERS_NOT_STARTED: entry(
    "configuration",
    500,
    (count: number) =>
      `None of the ${count} worker processes started. See their output above, fix the cause and start again. Nothing was lost.`,
  ),
  ...AZURE_ERRORS,
  ...STORE_ERRORS,
  // --- internal: a defect of Perdure ---
  INTERNAL: entry(
    "internal",
    500,
    (detail: string) => `Perdure found a state that should not exist: ${detail}. Please report it with this message.`,
  ),
  ENGINE_DEFECT: entry(
    "internal",
    500,
    (error: unknown) =>
      `ENGINE_DEFECT: Perdure's engine found a state that should not exist, and this process ends. Nothing that was recorded is lost: other workers, or the next start of this one, continue the work. Please report it with these lines: ${error instanceof Error ? error.stack : shown(error)}`,
  ),
} as const;

export type ErrorCode = keyof typeof CATALOGUE;
export type ErrorArgs<Code extends ErrorCode> = Parameters<(typeof CATALOGUE)[Code]["text"]>;
