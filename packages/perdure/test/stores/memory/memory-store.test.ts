import { createMemoryStore } from "../../../src/stores/memory/memory-store.ts";
import type { StoreFixture } from "../../../src/testing/store-conformance/fixture.ts";
import { storeConformance } from "../../../src/testing/store-conformance/store-conformance.ts";

const fixture: StoreFixture = {
  name: "memory",
  open: async (clock) => {
    const store = createMemoryStore({ now: () => clock.now });
    return { store, dispose: () => store.close() };
  },
};

storeConformance(fixture);
