import { fault } from "../../errors/perdure-error.ts";
import type { TracePlace } from "./trace-context.ts";

/** Whether a trace is kept. The caller's decision counts, where it made one. */
export type Sampler = (traceId: string, caller: TracePlace | null) => boolean;

const NAMES = ["always_on", "always_off", "traceidratio"] as const;
const EXPECTED = [...NAMES, ...NAMES.map((name) => `parentbased_${name}`)].join(", ");

/** `name` and `arg`: OTEL_TRACES_SAMPLER and OTEL_TRACES_SAMPLER_ARG. Throws OPTION_INVALID. */
export function samplerOf(name = "parentbased_always_on", arg = "1"): Sampler {
  const [, parentBased, kind] = /^(parentbased_)?(always_on|always_off|traceidratio)$/.exec(name) ?? [];
  if (kind === undefined) throw fault("OPTION_INVALID", "OTEL_TRACES_SAMPLER", "value", name, `one of ${EXPECTED}`);
  const share = kind === "always_on" ? 1 : kind === "always_off" ? 0 : Number(arg);
  if (!(share >= 0 && share <= 1)) throw fault("OPTION_INVALID", "OTEL_TRACES_SAMPLER_ARG", "value", arg, "a number from 0 to 1");
  const root = (traceId: string) => isBelow(traceId, share);
  return (traceId, caller) => (parentBased !== undefined && caller !== null ? caller.isSampled : root(traceId));
}

/** By the trace id, so that all processes decide alike. */
const isBelow = (traceId: string, share: number): boolean => share === 1 || Number.parseInt(traceId.slice(-13), 16) / 16 ** 13 < share;
