import { computed } from "@preact/signals";
import type { Zone } from "../model/time-text.ts";
import { showsUtc } from "./settings.ts";

export const zone = computed<Zone>(() => (showsUtc.value ? "utc" : "local"));
