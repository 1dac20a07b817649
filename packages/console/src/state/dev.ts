import { signal } from "@preact/signals";
import type { DevNote } from "../api/wire.ts";
import { listen, storeNow } from "./hub.ts";
import { say } from "./toasts.ts";

type Of<Kind extends DevNote["kind"]> = Extract<DevNote, { readonly kind: Kind }>;

/** What `perdure dev` said last of the app; null: nothing, or this is no such host. */
export const lastReload = signal<Of<"reloaded"> | null>(null);
/** The edit that cannot be loaded; what runs is the code before it. */
export const brokenEdit = signal<Of<"broken"> | null>(null);
/** Instances that the code of now does not fit, until somebody has decided or the code was loaded again. */
export const misfits = signal<readonly string[]>([]);

/** What was killed before is told to a page that is opened later, too. */
const JUST_NOW_MS = 5_000;

listen("dev", (note) => {
  switch (note.kind) {
    case "reloaded":
      lastReload.value = note;
      brokenEdit.value = null;
      misfits.value = note.misfits;
      return;
    case "broken":
      brokenEdit.value = note;
      return;
    case "killed":
      if (storeNow() - note.at < JUST_NOW_MS) say("The thread that runs the app was killed; another takes over what it had.");
  }
});
