import { jsonResponse } from "./responses.ts";

/** GET /admin/host/status, as the Azure Functions host answers it. `processUptime` is in milliseconds. */
export const hostStatusResponse = (taskHub: string, version: string): Response =>
  jsonResponse(
    200,
    JSON.stringify({
      id: taskHub.toLowerCase(),
      state: "Running",
      version,
      versionDetails: version,
      platformVersion: "",
      processUptime: Math.round(performance.now()),
    }),
  );
