import type { TracesOptions } from "../task-hub/traces-option.ts";
import type { StartOptions } from "./hub-options.ts";
import { packageVersion } from "./package-version.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The variables that every OpenTelemetry exporter reads (opentelemetry.io/docs/specs/otel/protocol/exporter). The command line wins. */
export function tracesOf(
  { otlp, "console-payloads": payloads = "show" }: StartOptions,
  env: Environment,
): { readonly traces?: TracesOptions } {
  const url = otlp ?? env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? below(env.OTEL_EXPORTER_OTLP_ENDPOINT);
  if (url === undefined || env.OTEL_SDK_DISABLED === "true" || env.OTEL_TRACES_EXPORTER === "none") return {};
  const sampler = env.OTEL_TRACES_SAMPLER;
  const samplerArg = env.OTEL_TRACES_SAMPLER_ARG;
  const { "service.name": named, ...attributes } = pairs(env.OTEL_RESOURCE_ATTRIBUTES);
  const service = env.OTEL_SERVICE_NAME ?? named;
  return {
    traces: {
      url,
      headers: pairs(env.OTEL_EXPORTER_OTLP_TRACES_HEADERS ?? env.OTEL_EXPORTER_OTLP_HEADERS),
      attributes,
      version: packageVersion(),
      // Who hides payloads on this host does not want them sent elsewhere in messages. In a text no fields can be found.
      failures: payloads === "show" ? "show" : "hide",
      ...(service === undefined ? {} : { service }),
      ...(sampler === undefined ? {} : { sampler }),
      ...(samplerArg === undefined ? {} : { samplerArg }),
    },
  };
}

/** Of an endpoint for all signals. */
const below = (endpoint: string | undefined): string | undefined =>
  endpoint === undefined || endpoint === "" ? undefined : `${endpoint.replace(/\/+$/, "")}/v1/traces`;

/** `key1=value1,key2=value2`, percent-encoded. What has no `=` is left out. */
function pairs(text: string | undefined): { readonly [key: string]: string } {
  const entries = (text ?? "").split(",").flatMap((pair) => {
    const at = pair.indexOf("=");
    return at <= 0 ? [] : [[pair.slice(0, at).trim(), decoded(pair.slice(at + 1).trim())] as const];
  });
  return Object.fromEntries(entries);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
