import assert from "node:assert/strict";
import { test } from "node:test";
import type { LogEntry, Schedule, ScheduledRun, TimerOptions } from "perdure";
import { orchestrator, schedule, timer } from "perdure";
import { createTestHub } from "perdure/testing";

const startsAt = new Date("2026-06-01T00:00:00Z");
const ids = async (statuses: AsyncIterable<{ readonly instanceId: string }>) =>
  (await Array.fromAsync(statuses)).map(({ instanceId }) => instanceId);

test("a timer runs at each time, never drifts, and its history does not grow", async () => {
  const runs: { readonly at: string; readonly for: string; readonly last: string | null }[] = [];
  const tick = timer("Tick", "*/10 * * * *", ({ scheduledFor, last, isPastDue, isTriggered, name }) => {
    assert.deepEqual([isPastDue, isTriggered, name], [false, false, "Tick"]);
    runs.push({ at: hub.now.toISOString(), for: scheduledFor.toISOString(), last: last?.toISOString() ?? null });
  });
  await using hub = await createTestHub({ functions: [tick], startsAt });
  await hub.advance("1d");
  assert.equal(runs.length, 144);
  assert.deepEqual(runs[0]?.for, "2026-06-01T00:10:00.000Z");
  assert.deepEqual(runs.at(-1)?.for, "2026-06-02T00:00:00.000Z");
  for (const [index, run] of runs.entries())
    assert.ok(Math.abs(Date.parse(run.at) - Date.parse(run.for)) < 1_000 && run.last === (runs[index - 1]?.for ?? null));
  const history = (await hub.client.getStatus("@@schedule:tick", { showHistory: true }))?.history ?? [];
  assert.ok(history.length < 10, `${history.length} events`);
  await hub.verify();
});

test("case 27: clocks that change, by an hour or by half of one: a time of day runs once on every day, an interval all the time", async () => {
  let runs: { [name: string]: string[] } = {};
  const at = (name: string, cron: string, timeZone: string) =>
    timer(name, cron, { timeZone }, ({ scheduledFor }) => {
      runs[name] = [...(runs[name] ?? []), scheduledFor.toISOString().slice(8, 16)];
    });
  const over = async (from: string, functions: readonly Schedule[]) => {
    runs = {};
    await using hub = await createTestHub({ functions, startsAt: new Date(from) });
    await hub.advance("3d");
    await hub.verify();
    for (const name of Object.keys(runs)) if (name.endsWith("interval")) runs[name] = [`${runs[name]?.length} runs`];
    return runs;
  };
  const berlin = [at("berlin", "30 2 * * *", "Europe/Berlin"), at("berlin interval", "*/30 * * * *", "Europe/Berlin")];
  const lordHowe = [at("lord howe", "45 1 * * *", "Australia/Lord_Howe"), at("gap", "15 2 * * *", "Australia/Lord_Howe")];
  assert.deepEqual(await over("2026-03-27T12:00:00Z", berlin), {
    berlin: ["28T01:30", "29T01:00", "30T00:30"],
    "berlin interval": ["144 runs"],
  });
  assert.deepEqual(await over("2026-10-23T12:00:00Z", berlin), {
    berlin: ["24T00:30", "25T00:30", "26T01:30"],
    "berlin interval": ["144 runs"],
  });
  const autumn = { "lord howe": ["03T14:45", "04T14:45", "05T15:15"], gap: ["03T15:15", "04T15:45", "05T15:45"] };
  assert.deepEqual(await over("2026-04-03T12:00:00Z", lordHowe), autumn);
  const spring = { "lord howe": ["02T15:15", "03T15:15", "04T14:45"], gap: ["02T15:45", "03T15:30", "04T15:15"] };
  assert.deepEqual(await over("2026-10-02T12:00:00Z", lordHowe), spring);
});

test("a schedule starts its orchestration with an input and an id of its name and time; lists hide the schedule itself", async () => {
  const report = orchestrator("Report", async (ctx, day: string) => `${ctx.instanceId} ${day}`);
  const nightly = schedule("nightly", "0 2 * * *", report, {
    timeZone: "Europe/Berlin",
    input: ({ scheduledFor }: ScheduledRun) => scheduledFor.toISOString().slice(0, 10),
  });
  await using hub = await createTestHub({ functions: [report, nightly], startsAt });
  await hub.advance("2d");
  const all = await Array.fromAsync(hub.client.query());
  assert.deepEqual(
    all.map(({ output, tags }) => [output, tags]),
    [
      ["nightly:2026-06-02T00:00:00.000Z 2026-06-02", { "perdure.schedule": "nightly" }],
      ["nightly:2026-06-03T00:00:00.000Z 2026-06-03", { "perdure.schedule": "nightly" }],
    ],
  );
  const [listed] = await hub.client.schedules.list();
  assert.deepEqual(listed, {
    name: "nightly",
    cron: "0 2 * * *",
    timeZone: "Europe/Berlin",
    overlap: "skip",
    catchUp: "once",
    starts: "Report",
    state: "active",
    next: new Date("2026-06-04T00:00:00Z"),
    last: new Date("2026-06-03T00:00:00Z"),
    lastInstanceId: "nightly:2026-06-03T00:00:00.000Z",
    lastProblem: null,
  });
  assert.deepEqual(await ids(hub.client.query({ instanceIdPrefix: "@@" })), ["@@schedule:nightly"]);
  await hub.verify();
});

test("a run is skipped while the one before has not ended, or runs beside it where overlap is allowed", async () => {
  const long = orchestrator("Long", async (ctx) => {
    await ctx.createTimer("150m");
  });
  const skips = schedule("skips", "0 * * * *", long);
  const allows = schedule("allows", "0 * * * *", long, { overlap: "allow" });
  await using hub = await createTestHub({ functions: [long, skips, allows], startsAt });
  await hub.advance("330m");
  const started = await ids(hub.client.query());
  const hours = (name: string) => started.filter((id) => id.startsWith(name)).map((id) => id.slice(-13, -11));
  assert.deepEqual(hours("allows"), ["01", "02", "03", "04", "05"]);
  assert.deepEqual(hours("skips"), ["01", "04"]);
  assert.match((await hub.client.schedules.list()).find(({ name }) => name === "skips")?.lastProblem ?? "", /skips:.*has not ended/);
});

test("pause, resume and trigger: paused times are left out, a triggered run changes no time, unknown names are refused", async () => {
  const runs: string[] = [];
  const tick = timer("Tick", "0 * * * *", ({ scheduledFor, isTriggered }) => {
    runs.push(`${scheduledFor.toISOString().slice(8, 16)}${isTriggered ? " by hand" : ""}`);
  });
  await using hub = await createTestHub({ functions: [tick], startsAt });
  const { schedules } = hub.client;
  const state = async () => (await schedules.list()).map((one) => [one.state, one.next?.toISOString().slice(8, 16)]);
  await hub.advance("90m");
  await schedules.pause("TICK");
  await hub.advance("5h");
  assert.deepEqual(await state(), [["paused", undefined]]);
  await schedules.trigger("tick");
  await hub.advance("1s");
  await schedules.resume("tick");
  await schedules.resume("tick");
  await hub.advance("1s");
  assert.deepEqual(await state(), [["active", "01T07:00"]]);
  await schedules.trigger("tick");
  await hub.advance("1h");
  assert.deepEqual(runs, ["01T01:00", "01T06:30 by hand", "01T06:30 by hand", "01T07:00"]);
  await assert.rejects(schedules.pause("tock"), { code: "SCHEDULE_NOT_FOUND", message: /"tock".*Known ones: "Tick"/ });
  await hub.verify();
});

test("what a schedule is told while its run is under way counts when the run has ended", async () => {
  const told = async (words: readonly ("pause" | "resume" | "trigger")[]) => {
    const runs: boolean[] = [];
    const tick = timer("Tick", "*/10 * * * *", async ({ isTriggered }) => {
      runs.push(isTriggered);
      if (runs.length === 1) for (const word of words) await hub.client.schedules[word]("Tick");
    });
    await using hub = await createTestHub({ functions: [tick], startsAt });
    await hub.advance("5m");
    await hub.advance("20m");
    await hub.verify();
    return [(await hub.client.schedules.list())[0]?.state, runs];
  };
  assert.deepEqual(await told(["trigger"]), ["active", [false, true, false]]);
  assert.deepEqual(await told(["pause", "resume"]), ["active", [false, false]]);
  assert.deepEqual(await told(["pause"]), ["paused", [false]]);
});

test("a run that fails is logged and told, and the next one comes; with a retry policy it is tried again", async () => {
  let times = 0;
  const fails = timer("Fails", "0 * * * *", () => {
    times += 1;
    if (times === 1) throw new Error("no disk");
  });
  let attempts = 0;
  const retries = timer("Retries", "0 * * * *", { retry: { maxAttempts: 3, firstInterval: "10s" } }, () => {
    attempts += 1;
    if (attempts < 3) throw new Error("not yet");
  });
  const lines: string[] = [];
  const to = { enabled: () => true, write: (entry: LogEntry) => lines.push(entry.message) };
  await using hub = await createTestHub({ functions: [fails, retries], startsAt, log: to });
  await hub.advance("65m");
  const problems = async () => Object.fromEntries((await hub.client.schedules.list()).map((one) => [one.name, one.lastProblem]));
  assert.deepEqual(await problems(), { Fails: "no disk", Retries: null });
  assert.equal(attempts, 3);
  assert.ok(
    lines.some((line) => line.includes('Schedule "Fails" failed: no disk')),
    lines.join("\n"),
  );
  await hub.advance("1h");
  assert.deepEqual(await problems(), { Fails: null, Retries: null });
  await hub.verify();
});

test("a timer that takes longer than its interval never overlaps itself, and a time that it could not keep is not made up for", async () => {
  const runs: number[] = [];
  const slow = timer("Slow", "* * * * * *", async ({ scheduledFor }) => {
    runs.push(scheduledFor.getTime() - startsAt.getTime());
    if (runs.length === 1) await hub.client.startNew(waits, { instanceId: "w" }).then((run) => run.result());
  });
  const waits = orchestrator("Waits", async (ctx) => {
    await ctx.createTimer("1500ms");
  });
  await using hub = await createTestHub({ functions: [slow, waits], startsAt });
  await hub.advance("4s");
  assert.deepEqual(runs, [1_000, 3_000, 4_000]);
});

test("wrong definitions are refused with the option, and a pattern that never comes where the hub is opened", async () => {
  const nothing = () => {};
  assert.throws(() => timer("T", "* * *", nothing), /timer "T": option "cron" is "\* \* \*"; expected five fields/);
  assert.throws(() => timer("T", "* * * * *", { overlap: "skip" } as TimerOptions, nothing), /has no option "overlap"/);
  assert.throws(() => timer("a/b", "* * * * *", nothing), /part of the ids/);
  const ref = orchestrator("R", async () => 1);
  assert.throws(
    () => schedule("S", "* * * * *", ref, { overlap: "maybe" as "skip" }),
    /option "overlap" is "maybe"; expected "skip" or "allow"/,
  );
  assert.throws(() => schedule("S", "* * * * *", ref, { catchUp: "all" as "once" }), /"once" or "none"/);
  await assert.rejects(createTestHub({ functions: [timer("T", "0 0 31 4 *", nothing)] }), { code: "SCHEDULE_INVALID" });
  await assert.rejects(createTestHub({ functions: [timer("R", "0 0 1 4 *", nothing), ref] }), { code: "FUNCTION_NAME_DUPLICATE" });
});
