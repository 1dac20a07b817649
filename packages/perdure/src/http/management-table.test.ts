import type { RuntimeStatus } from "../model/status.ts";
import { RUNTIME_STATUSES } from "../model/status.ts";
import { managementTableSuite } from "./management-table.testsuite.ts";
import { FixtureClient } from "./testing/fixture-client.ts";

const OUTPUTS: { readonly [status: string]: string } = { Completed: '["done"]', Failed: '"boom"', Terminated: '"enough"' };

managementTableSuite("the fixture hub", RUNTIME_STATUSES, async () => {
  const client = new FixtureClient();
  return {
    client,
    async seed(id: string, status: RuntimeStatus) {
      client.put({ id, runtimeStatus: status, input: '{"a":1}', customStatus: '"half"', output: OUTPUTS[status] ?? null });
    },
    async close() {},
  };
});
