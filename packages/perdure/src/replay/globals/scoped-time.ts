import { currentOrchestration } from "../../process/code-scope.ts";
import { RealDate } from "../../process/real-globals.ts";
import type { Patches } from "./patches.ts";
import { dressed, memberOf } from "./patches.ts";

const scopeNow = () => currentOrchestration();

/** Clocks: inside an orchestrator they show the time of the episode. Date.prototype stays the one real one: old and new dates are alike. */
export function patchTime(patches: Patches): void {
  const ScopedDate = scopedDate();
  patches.property(globalThis, "Date", () => ({ value: ScopedDate }));
  patches.property(RealDate.prototype, "constructor", () => ({ value: ScopedDate }));
  patchTemporal(patches);
  patchIntl(patches);
  patchPerformance(patches);
  patchProcess(patches);
  patches.getter(
    memberOf(globalThis, "Event") && Event.prototype,
    "timeStamp",
    (original) =>
      function () {
        return scopeNow()?.clock ?? original.call(this);
      },
  );
}

function scopedDate(): object {
  const realNow = RealDate.now;
  function ScopedDate(this: unknown, ...args: unknown[]): unknown {
    const scope = args.length === 0 || new.target === undefined ? scopeNow() : undefined;
    if (new.target === undefined) return scope === undefined ? RealDate() : new RealDate(scope.clock).toString();
    return Reflect.construct(RealDate, scope === undefined ? args : [scope.clock], new.target);
  }
  dressed(ScopedDate, RealDate);
  // Declared functions have a `prototype` that cannot be redefined, only assigned.
  ScopedDate.prototype = RealDate.prototype;
  Object.defineProperty(ScopedDate, "prototype", { writable: false });
  const now = (): number => scopeNow()?.clock ?? realNow();
  Object.defineProperty(ScopedDate, "now", { value: now, configurable: true, writable: true, enumerable: false });
  return ScopedDate;
}

function patchTemporal(patches: Patches): void {
  const temporal = memberOf(globalThis, "Temporal");
  const now = temporal && memberOf(temporal, "Now");
  const instant = temporal && memberOf(temporal, "Instant");
  if (now === undefined || instant === undefined) return;
  const instantAt = (clock: number): object => call(instant, "fromEpochMilliseconds", clock);
  const zonedAt = (clock: number, zone: unknown): object => call(instantAt(clock), "toZonedDateTimeISO", zone ?? call(now, "timeZoneId"));
  const images: { readonly [key: string]: (clock: number, zone: unknown) => unknown } = {
    instant: instantAt,
    zonedDateTimeISO: zonedAt,
    plainDateTimeISO: (clock, zone) => call(zonedAt(clock, zone), "toPlainDateTime"),
    plainDateISO: (clock, zone) => call(zonedAt(clock, zone), "toPlainDate"),
    plainTimeISO: (clock, zone) => call(zonedAt(clock, zone), "toPlainTime"),
  };
  for (const [key, image] of Object.entries(images)) {
    patches.method(
      now,
      key,
      (original) =>
        function (...args: never[]) {
          const scope = scopeNow();
          return scope === undefined ? Reflect.apply(original, this, args) : image(scope.clock, args[0]);
        },
    );
  }
}

/** Calls a method by name: Temporal is not in the types of every supported Node. */
function call(target: object, method: string, ...args: unknown[]): object {
  return Reflect.apply(Reflect.get(target, method), target, args);
}

/** Without a value they format "now". */
function patchIntl(patches: Patches): void {
  const prototype = Intl.DateTimeFormat.prototype;
  patches.getter(
    prototype,
    "format",
    (original) =>
      function () {
        const scope = scopeNow();
        const format = original.call(this) as (value?: unknown) => string;
        return scope === undefined ? format : (value?: unknown) => format(value === undefined ? scope.clock : value);
      },
  );
  patches.method(
    prototype,
    "formatToParts",
    (original) =>
      function (...args: never[]) {
        const scope = scopeNow();
        return Reflect.apply(original, this, scope === undefined || args[0] !== undefined ? args : [scope.clock]);
      },
  );
}

function patchPerformance(patches: Patches): void {
  const prototype: object = Object.getPrototypeOf(performance);
  patches.method(
    prototype,
    "now",
    (original) =>
      function () {
        return scopeNow()?.clock ?? original.call(this);
      },
  );
  patches.method(
    prototype,
    "mark",
    (original) =>
      function (...args: never[]) {
        const scope = scopeNow();
        if (scope === undefined) return Reflect.apply(original, this, args);
        const options: object = args[1] ?? {};
        return Reflect.apply(original, this, [args[0], { startTime: scope.clock, ...options }]);
      },
  );
}

function patchProcess(patches: Patches): void {
  const bigint = process.hrtime.bigint;
  patches.method(process, "hrtime", (original) => {
    const hrtime = function (this: unknown, ...args: never[]): unknown {
      const scope = scopeNow();
      if (scope === undefined) return Reflect.apply(original, this, args);
      const previous = args[0] as readonly [number, number] | undefined;
      const ns =
        BigInt(Math.round(scope.clock)) * 1_000_000n -
        (previous === undefined ? 0n : BigInt(previous[0]) * 1_000_000_000n + BigInt(previous[1]));
      return [Number(ns / 1_000_000_000n), Number(ns % 1_000_000_000n)];
    };
    return hrtime;
  });
  patches.method(process.hrtime, "bigint", () => () => {
    const scope = scopeNow();
    return scope === undefined ? bigint() : BigInt(Math.round(scope.clock)) * 1_000_000n;
  });
  patches.method(
    process,
    "uptime",
    (original) =>
      function () {
        const scope = scopeNow();
        return scope === undefined ? original.call(this) : scope.clock / 1_000;
      },
  );
}
