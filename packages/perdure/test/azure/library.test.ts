import assert from "node:assert/strict";
import { test } from "node:test";
import { V3Replayer } from "../../src/azure/guest/v3-replayer.ts";
import type { HttpAnswer, HttpRequest } from "../../src/model/http-call.ts";
import { HTTP_ACTIVITY } from "../../src/model/http-call.ts";
import { eventId, instanceId } from "../../src/model/ids.ts";
import { payload } from "../../src/model/payload.ts";
import { RELEASES } from "./testing/releases.ts";
import type { Library } from "./testing/v3-app.ts";
import { v3App } from "./testing/v3-app.ts";
import type { V3FleetOptions } from "./testing/v3-fleet.ts";
import { V3Fleet } from "./testing/v3-fleet.ts";

const NEWEST = "durable-functions";
const nothing = () => {};
const echo = { echo: (value: unknown) => value };

const later = (context: { df: { currentUtcDateTime: Date } }, ms: number) => new Date(context.df.currentUtcDateTime.getTime() + ms);

test("a critical section has its entities for itself, and gives them back", async () => {
  const app = v3App(
    NEWEST,
    (df) => {
      df.app.entity("account", (context) => {
        const balance = context.df.getState(() => 0) as number;
        if (context.df.operationName === "set") context.df.setState(context.df.getInput());
        context.df.return(balance);
      });
      df.app.orchestration("transfer", function* (context) {
        const [from, to] = ["b", "a"].map((key) => new df.EntityId("account", key)) as [
          InstanceType<Library["EntityId"]>,
          InstanceType<Library["EntityId"]>,
        ];
        const before = context.df.isLocked().isLocked;
        const lock: { release(): void; isReleased: boolean } = yield context.df.lock(from, to, from);
        const balance: number = yield context.df.callEntity(from, "get");
        yield context.df.createTimer(later(context, 2_000));
        yield context.df.callEntity(from, "set", balance + 1);
        yield context.df.callEntity(to, "set", balance + 1);
        lock.release();
        const after: string = yield context.df.callActivity("echo", "after");
        return [before, lock.isReleased, after];
      });
      df.app.orchestration("holder", function* (context) {
        yield context.df.lock(new df.EntityId("account", "a"));
        return "without a release";
      });
      df.app.orchestration("breaks", function* (context) {
        yield context.df.lock(new df.EntityId("account", "a"));
        yield context.df.callEntity(new df.EntityId("account", "elsewhere"), "get");
      });
      df.app.orchestration("read", function* (context) {
        return (yield context.df.callEntity(new df.EntityId("account", "b"), "get")) as number;
      });
    },
    echo,
  );
  await using v3 = await V3Fleet.open({ app });
  const ids = ["t1", "t2", "t3"];
  for (const id of ids) await v3.start("transfer", id);
  await v3.start("holder", "holder");
  for (const id of ids) assert.deepEqual(await v3.end(id), [false, true, "after"]);
  assert.equal(await v3.end("holder"), "without a release");
  await v3.start("read", "read");
  assert.equal(await v3.end("read"), 3);
  await v3.start("breaks", "breaks");
  assert.match(String(await v3.end("breaks")), /^Orchestrator function 'breaks' failed: /);
});

for (const release of RELEASES) {
  test(`${release}: callHttp waits for accepted work, and the library sees its end alone`, async () => {
    const app = v3App(
      release,
      (df) => {
        df.app.orchestration("calls", function* (context) {
          const begun = context.df.currentUtcDateTime.getTime();
          const request = {
            method: "POST",
            url: "http://work.test/start",
            body: { a: 1 },
            headers: { Authorization: "secret", "X-Functions-Key": "k" },
          };
          const answer: { statusCode: number; content: string; headers: { [name: string]: string } } = yield context.df.callHttp(request);
          const waited = context.df.currentUtcDateTime.getTime() - begun;
          const after: string = yield context.df.callActivity("echo", "after");
          const plain: { statusCode: number; headers: { location?: string } } = yield context.df.callHttp({
            method: "GET",
            url: "http://work.test/start",
            enablePolling: false,
          } as never);
          return [answer.statusCode, answer.content, waited >= 37_000, after, plain.statusCode, plain.headers.location];
        });
        df.app.orchestration("unreachable", function* (context) {
          try {
            yield context.df.callHttp({ method: "GET", url: "http://nowhere.test/" });
          } catch (error) {
            return (error as Error).message.split(" \n")[0];
          }
          return null;
        });
      },
      echo,
    );
    const sent: HttpRequest[] = [];
    const activity: V3FleetOptions["activity"] = async ({ name, input }) => {
      if (name !== HTTP_ACTIVITY) return { kind: "completed", result: input };
      const request = JSON.parse(input ?? "") as HttpRequest;
      sent.push(request);
      if (request.url.startsWith("http://nowhere.test"))
        return {
          kind: "failed",
          failure: { errorType: "HttpCallError", message: "no such host", properties: { code: "HTTP_CALL_FAILED" } },
        };
      const looks = sent.filter(({ url }) => url === "http://other.test/status").length;
      const answer: Partial<HttpAnswer> =
        request.url === "http://work.test/start"
          ? { status: 202, headers: { location: "/moved", "retry-after": "7" } }
          : request.url === "http://work.test/moved"
            ? { status: 202, headers: { location: "http://other.test/status" } }
            : { status: looks < 2 ? 202 : 200, headers: { location: "http://other.test/status" }, body: "done" };
      const whole = { url: request.url, body: "", bodyEncoding: "text", headers: {}, ...answer };
      return { kind: "completed", result: payload(JSON.stringify(whole)) };
    };
    await using v3 = await V3Fleet.open({ app, activity });
    await v3.start("calls", "calls");
    assert.deepEqual(await v3.end("calls"), [200, "done", true, "after", 202, "/moved"]);
    assert.deepEqual(
      sent.map(({ method, url, body, headers }) => [method, url, body, Object.keys(headers).sort().join()]),
      [
        ["POST", "http://work.test/start", '{"a":1}', "authorization,content-type,x-functions-key"],
        ["GET", "http://work.test/moved", undefined, "authorization"],
        ["GET", "http://other.test/status", undefined, ""],
        ["GET", "http://other.test/status", undefined, ""],
        ["GET", "http://work.test/start", undefined, ""],
      ],
    );
    await v3.start("unreachable", "unreachable");
    assert.equal(await v3.end("unreachable"), "no such host");
  });

  test(`${release}: isReplaying is true only while recorded episodes are repeated`, async () => {
    const seen: boolean[][] = [[], []];
    const code = (log: boolean[]) => (df: Library) => {
      df.app.orchestration("asks", function* (context) {
        for (const value of [1, 2]) {
          log.push(context.df.isReplaying === true);
          yield context.df.callActivity("echo", value);
        }
        log.push(context.df.isReplaying === true);
      });
    };
    for (const [at, keepsCursors] of [true, false].entries()) {
      const log = seen[at] ?? [];
      const app = v3App(release, code(log), echo);
      const settings = { keepsCursors };
      await using v3 = await V3Fleet.open({ app, settings, shadow: false });
      await v3.start("asks", "asks");
      await v3.end("asks");
    }
    assert.deepEqual(seen[0], [false, false, false]);
    // 3.0.0 takes it from the event that completed a task, and so knows of none at the first call.
    const atBegin = release !== "durable-functions-3.0";
    assert.deepEqual(seen[1], [false, atBegin, false, atBegin, true, false]);
  });

  test(`${release}: code that does not repeat its history is found when it is restored`, async () => {
    let which = "echo";
    const app = v3App(
      release,
      (df) => {
        df.app.orchestration("wavers", function* (context) {
          yield context.df.callActivity(which, 1);
          yield context.df.waitForExternalEvent("go");
          return "never";
        });
      },
      { ...echo, other: () => 2 },
    );
    await using v3 = await V3Fleet.open({ app, shadow: false, settings: { keepsCursors: false } });
    await v3.start("wavers", "wavers");
    await v3.fleet.advance(50);
    which = "other";
    await v3.raise("wavers", "go");
    await v3.fleet.advance(50);
    const { stopped, runtimeStatus } = (await v3.status("wavers")) ?? {};
    assert.equal(stopped?.code, "NON_DETERMINISM");
    assert.match(
      stopped?.message ?? "",
      /asked for activity "other" as action 0 at \S+\/library\.test\.ts:\d+, where its history has activity "echo" as action 0 \(event 3\)/,
    );
    assert.equal(runtimeStatus, "Running");
  });
}

test("an orchestrator that is not a generator fails with what to write in its place", async () => {
  const plain = (orchestrate: () => unknown) => orchestrate as () => Generator<never, unknown, never>;
  const iterator = { next: () => ({ done: true, value: "fine" }) };
  const refuses = (): never => {
    throw new Error("its own");
  };
  const app = v3App(NEWEST, (df) => {
    df.app.orchestration("nothing", plain(nothing));
    df.app.orchestration(
      "promise",
      plain(async () => Promise.reject(new Error("on purpose"))),
    );
    df.app.orchestration("throws", plain(refuses));
    df.app.orchestration(
      "wrapped",
      plain(() => iterator),
    );
  });
  await using v3 = await V3Fleet.open({ app });
  for (const name of ["nothing", "promise", "throws", "wrapped"]) await v3.start(name, name);
  const instead = 'where a generator is expected; write it as a generator: "function* (context)", and "yield" in place of "await".';
  assert.equal(await v3.end("nothing"), `Orchestrator function 'nothing' failed: It returned nothing ${instead}`);
  assert.equal(await v3.end("promise"), `Orchestrator function 'promise' failed: It returned a promise ${instead}`);
  assert.match(String(await v3.end("throws")), /failed: its own/);
  assert.equal(await v3.end("wrapped"), "fine");
});

test("a signal between two events would take the number of another call: it is refused where it is sent", async () => {
  const refused: string[] = [];
  let late: (() => void) | null = null;
  const app = v3App(
    NEWEST,
    (df) => {
      df.app.entity("counter", () => {});
      df.app.orchestration("signals", function* (context) {
        late = () => context.df.signalEntity(new df.EntityId("counter", "a"), "add", 1);
        yield context.df.waitForExternalEvent("go");
        return (yield context.df.callActivity("echo", "after")) as string;
      });
    },
    echo,
  );
  await using v3 = await V3Fleet.open({ app, shadow: false });
  await v3.start("signals", "signals");
  try {
    (late as (() => void) | null)?.();
  } catch (error) {
    refused.push((error as Error).message);
  }
  assert.match(refused.join(), /outside its episode/);
  await v3.raise("signals", "go");
  assert.equal(await v3.end("signals"), "after");
});

test("an event whose name is a number is not the result of that call", async () => {
  const app = v3App(NEWEST, (df) => {
    df.app.orchestration("numbers", function* (context) {
      yield context.df.createTimer(later(context, 1_000));
      return (yield context.df.waitForExternalEvent("0")) as string;
    });
    df.app.orchestration("both", function* (context) {
      const event = context.df.waitForExternalEvent("0");
      const timer = context.df.createTimer(later(context, 1_000));
      const first: unknown = yield context.df.Task.any([timer, event]);
      yield timer;
      return [first === event, event.result];
    });
  });
  await using v3 = await V3Fleet.open({ app });
  for (const name of ["numbers", "both"]) {
    await v3.start(name, name);
    await v3.raise(name, "0", "mine");
  }
  assert.equal(await v3.end("numbers"), "mine");
  assert.deepEqual(await v3.end("both"), [true, "mine"]);
});

test("failures with properties reach the caller as the provider of the app has made them", async () => {
  const app = v3App(
    NEWEST,
    (df) => {
      df.app.orchestration("inner", function* (context) {
        yield context.df.callActivity("fails");
      });
      df.app.orchestration("outer", function* (context) {
        const seen: unknown[] = [];
        for (const call of [context.df.callActivity("fails"), context.df.callSubOrchestrator("inner")]) {
          try {
            yield call;
          } catch (error) {
            const { failureDetails, message } = error as InstanceType<Library["TaskFailedError"]>;
            seen.push([
              error instanceof df.TaskFailedError,
              message,
              failureDetails.errorType,
              failureDetails.errorMessage,
              failureDetails.properties,
            ]);
          }
        }
        return seen;
      });
    },
    { fails: () => null },
  );
  const failure = { errorType: "NoStock", message: "Activity function 'fails' failed: gone", stack: "at shelf", properties: { left: 0 } };
  const activity: V3FleetOptions["activity"] = () => Promise.resolve({ kind: "failed", failure });
  await using v3 = await V3Fleet.open({ app, activity });
  await v3.start("outer", "outer");
  const seen = [true, "NoStock: gone", "NoStock", "gone", { left: 0 }];
  assert.deepEqual(await v3.end("outer"), [seen, seen]);
});

test("a library without the members that it is driven by is named", async () => {
  const app = v3App(
    NEWEST,
    (df) => {
      df.app.orchestration("mangled", function* (context) {
        yield context.df.callActivity("echo", 1);
      });
    },
    echo,
  );
  const find: (typeof app.functions)["find"] = (kind, name) => {
    const found = app.functions.find(kind, name);
    if (found === null) return null;
    const call: typeof found.call = (input, { instanceId, prepare }) =>
      found.call(input, {
        instanceId,
        prepare: (context) => {
          prepare(context);
          Object.assign(context, { df: { taskOrchestratorExecutor: { processEvent: () => {} } } });
          return null;
        },
      });
    return { ...found, call };
  };
  await using v3 = await V3Fleet.open({ app: { ...app, functions: { ...app.functions, find } }, shadow: false });
  await v3.start("mangled", "mangled");
  const stopped = (await v3.status("mangled"))?.stopped;
  assert.equal(stopped?.code, "AZURE_SDK_UNSUPPORTED");
  assert.match(stopped?.message ?? "", /"mangled" cannot be run: its copy of durable-functions has no "trackOpenTask"/);
});

for (const release of RELEASES) {
  test(`${release}: what failed is rewound, and continues where it was`, async () => {
    let works = false;
    const ran: unknown[] = [];
    const app = v3App(
      release,
      (df) => {
        const retry = new df.RetryOptions(1_000, 2);
        df.app.orchestration("inner", function* (context) {
          return (yield context.df.callActivity("works", context.df.getInput())) as string;
        });
        df.app.orchestration("rewound", function* (context) {
          const before: string = yield context.df.callActivity("echo", "before");
          const how = context.df.getInput();
          const after: string = yield how === "retries"
            ? context.df.callActivityWithRetry("works", retry, how)
            : how === "child"
              ? context.df.callSubOrchestrator("inner", how)
              : context.df.callActivity("works", how);
          return [before, after];
        });
      },
      {
        echo: (value) => {
          ran.push(value);
          return value;
        },
        works: (value) => {
          if (!works) throw new Error("not yet");
          return value;
        },
      },
    );
    await using v3 = await V3Fleet.open({ app });
    const ids = ["plain", "retries", "child"];
    for (const id of ids) await v3.start("rewound", id, id);
    for (const id of ids) assert.match(String(await v3.end(id)), /not yet/);
    works = true;
    for (const id of ids) {
      const rewound = v3.fleet.client(0).reruns.rewind({ instanceId: id, reason: null, dryRun: false });
      await v3.fleet.advance(100);
      await rewound;
      assert.deepEqual(await v3.end(id), ["before", id]);
    }
    assert.equal(ran.length, ids.length);
  });
}

for (const release of RELEASES) {
  test(`${release}: a fork runs on from the middle, with children of its own and another result`, async () => {
    const app = v3App(
      release,
      (df) => {
        df.app.orchestration("inner", function* (context) {
          return (yield context.df.callActivity("echo", context.df.instanceId)) as string;
        });
        df.app.orchestration("forked", function* (context) {
          const first: string = yield context.df.callActivity("echo", "first");
          const minted: string = yield context.df.callSubOrchestrator("inner");
          yield context.df.waitForExternalEvent("go");
          const later: string = yield context.df.callSubOrchestrator("inner");
          return [first, minted, later];
        });
      },
      echo,
    );
    await using v3 = await V3Fleet.open({ app });
    await v3.start("forked", "original");
    const execution = (await v3.status("original"))?.executionId;
    await v3.fleet.advance(500);
    await v3.raise("original", "go");
    assert.deepEqual(await v3.end("original"), ["first", `${execution}:1`, `${execution}:2`]);
    const { reruns } = v3.fleet.client(0);
    const settings = { events: "keep", keepsCompletions: true, keepsTimers: true, dryRun: false, reason: null } as const;
    const results = new Map([[eventId(0), payload('"other"')]]);
    const forking = reruns.fork({ instanceId: "original", at: { checkpoint: 3 }, newInstanceId: "copy", results, ...settings });
    await v3.fleet.advance(500);
    assert.equal((await forking).kind, "forked");
    const output = (await v3.end("copy")) as unknown[];
    assert.deepEqual(output.slice(0, 2), ["other", `${execution}:1`]);
    assert.notEqual(output[2], `${execution}:2`);
  });
}

test("an activity that was told the id of its instance keeps that result in a fork, and what comes later is told the new one", async () => {
  const app = v3App(
    NEWEST,
    (df) => {
      df.app.orchestration("told", function* (context) {
        const before: string = yield context.df.callActivity("echo", context.df.instanceId);
        yield context.df.waitForExternalEvent("go");
        return [before, yield context.df.callActivity("echo", context.df.instanceId)];
      });
    },
    echo,
  );
  await using v3 = await V3Fleet.open({ app });
  await v3.start("told", "original");
  await v3.fleet.advance(500);
  const settings = { results: new Map(), events: "keep", keepsCompletions: true, keepsTimers: true, dryRun: false, reason: null } as const;
  const forking = v3.fleet.client(0).reruns.fork({ instanceId: "original", at: { checkpoint: 2 }, newInstanceId: "copy", ...settings });
  await v3.fleet.advance(500);
  assert.equal((await forking).kind, "forked");
  for (const [id, output] of [
    ["original", ["original", "original"]],
    ["copy", ["original", "copy"]],
  ] as const) {
    await v3.raise(id, "go");
    assert.deepEqual(await v3.end(id), output);
  }
});

test("a recorded history is repeated with its end, and what differs is named", async () => {
  let last = "echo";
  let output = "a";
  const app = v3App(
    NEWEST,
    (df) => {
      df.app.orchestration("ends", function* (context) {
        yield context.df.callActivity("echo", 1);
        if (last !== "") yield context.df.callActivity(last, 2);
        if (output === "throws") throw new Error("now");
        if (output === "again") context.df.continueAsNew(1);
        return output;
      });
    },
    { ...echo, other: () => 1 },
  );
  await using v3 = await V3Fleet.open({ app });
  await v3.start("ends", "ends");
  await v3.end("ends");
  const history = await v3.history("ends");
  const replayer = new V3Replayer(app.functions);
  const found = async (call: string, end: string) => {
    last = call;
    output = end;
    const replay = await replayer.replay(instanceId("ends"), history);
    last = "echo";
    output = "a";
    return replay.found?.kind === "diverged" ? [replay.found.divergence.asked, replay.found.divergence.recorded] : replay.found;
  };
  assert.equal(await found("echo", "b"), null, "outputs are not compared");
  assert.deepEqual(await found("other", "a"), ['activity "other" as action 1', 'activity "echo" as action 1']);
  assert.deepEqual(await found("", "a"), ["nothing there", 'activity "echo" as action 1']);
  assert.deepEqual(await found("echo", "throws"), ["its end as Failed: Orchestrator function 'ends' failed: now", "its end as Completed"]);
  assert.deepEqual(await found("echo", "again"), ["its end as ContinuedAsNew", "its end as Completed"]);
  const elsewhere = history.map((event) => (event.kind === "ExecutionStarted" ? { ...event, name: "gone" } : event));
  assert.deepEqual((await replayer.replay(instanceId("ends"), elsewhere)).found, { kind: "missing", name: "gone", version: null });
});
