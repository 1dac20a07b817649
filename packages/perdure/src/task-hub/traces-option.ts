import { fault } from "../errors/perdure-error.ts";
import type { Options } from "../model/options.ts";
import { isRecord, optional, parseOptions, stringOption } from "../model/options.ts";
import type { SpanTarget } from "../telemetry/traces/readable-span.ts";
import { samplerOf } from "../telemetry/traces/sampler.ts";

export interface TracesOptions {
  /** Where traces go by OTLP over HTTP: `http://localhost:4318/v1/traces`. */
  readonly url?: string;
  /** Of each request to it. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The `BatchSpanProcessor`, or an exporter, of the app's own OpenTelemetry SDK (2.0 or newer). */
  readonly spans?: SpanTarget;
  /** `service.name` of the traces. Default "perdure". */
  readonly service?: string;
  /** Of the resource, beside the name. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** As OTEL_TRACES_SAMPLER. Default "parentbased_always_on". */
  readonly sampler?: string;
  /** As OTEL_TRACES_SAMPLER_ARG: of a ratio, the share that is kept. */
  readonly samplerArg?: string;
  /** `hide`: spans of what failed have the type of the error, and not its message. Default "show". */
  readonly failures?: "show" | "hide";
  /** @internal */
  readonly version?: string;
}

const KNOWN = ["url", "headers", "spans", "service", "attributes", "sampler", "samplerArg", "failures", "version"];

/** Throws OPTION_UNKNOWN and OPTION_INVALID, which name the option. */
export function tracesOption(value: unknown, where: string, option: string): TracesOptions {
  const at = `${where} ${option}`;
  const given = parseOptions(value, KNOWN, at);
  const options: TracesOptions = {
    ...text(given, "url", at),
    ...text(given, "service", at),
    ...text(given, "sampler", at),
    ...text(given, "samplerArg", at),
    ...text(given, "version", at),
    ...texts(given, "headers", at),
    ...texts(given, "attributes", at),
    ...target(given, at),
    ...failures(given, at),
  };
  const { url } = options;
  if (url !== undefined && !/^https?:/.test(URL.canParse(url) ? new URL(url).protocol : ""))
    throw fault("OPTION_INVALID", at, "url", url, "the address of a collector, such as http://localhost:4318/v1/traces");
  if (url === undefined && options.spans === undefined)
    throw fault("OPTION_INVALID", where, option, value, "an object with `url` or `spans`");
  samplerOf(options.sampler, options.samplerArg);
  return options;
}

function text(given: Options, name: string, at: string): { readonly [name: string]: string } {
  const value = optional(given, name, at, (one) => stringOption(one, at, name));
  return value === undefined ? {} : { [name]: value };
}

function texts(given: Options, name: string, at: string): { readonly [name: string]: Readonly<Record<string, string>> } {
  const value = given[name];
  if (value === undefined) return {};
  if (!isRecord(value) || !Object.values(value).every((one) => typeof one === "string"))
    throw fault("OPTION_INVALID", at, name, value, "an object of strings");
  return { [name]: value as Readonly<Record<string, string>> };
}

function failures({ failures: shown }: Options, at: string): Pick<TracesOptions, "failures"> {
  if (shown === undefined) return {};
  if (shown !== "show" && shown !== "hide") throw fault("OPTION_INVALID", at, "failures", shown, '"show" or "hide"');
  return { failures: shown };
}

function target({ spans }: Options, at: string): Pick<TracesOptions, "spans"> {
  if (spans === undefined) return {};
  const isTarget = typeof spans === "object" && spans !== null && ("onEnd" in spans || "export" in spans);
  if (!isTarget) throw fault("OPTION_INVALID", at, "spans", spans, "a BatchSpanProcessor or a span exporter of OpenTelemetry");
  return { spans: spans as SpanTarget };
}
