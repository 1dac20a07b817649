import type { StoreFixture } from "../../testing/store-conformance/fixture.ts";
import { storeConformance } from "../../testing/store-conformance/store-conformance.ts";
import { createMemoryStore } from "./memory-store.ts";

const fixture: StoreFixture = {
  name: "memory",
  open: async (clock) => {
    const store = createMemoryStore({ now: () => clock.now });
    return { store, dispose: () => store.close() };
  },
};

storeConformance(fixture);
