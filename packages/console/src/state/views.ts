import type { View } from "../model/views.ts";
import { isViews } from "../model/views.ts";
import { kept } from "./settings.ts";

/** Lists that somebody has named, in this browser. */
export const ownViews = kept<readonly View[]>("views", [], isViews);
