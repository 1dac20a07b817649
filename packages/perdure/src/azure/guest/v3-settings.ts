import { DEFAULT_PAYLOAD_LIMITS } from "../../replay/values/payload-encoder.ts";
import type { V3Settings } from "./v3-function.ts";

export const DEFAULT_V3_SETTINGS: V3Settings = {
  keepsCursors: true,
  maxPayloadBytes: DEFAULT_PAYLOAD_LIMITS.maxBytes,
  maxJsonDepth: DEFAULT_PAYLOAD_LIMITS.maxDepth,
  maxActions: 100_000,
  httpPollMs: 30_000,
  versionOf: () => null,
};
