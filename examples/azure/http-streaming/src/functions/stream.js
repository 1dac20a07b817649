import { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { app } from "@azure/functions";

/** A line at a time: the caller sees the first while the last is not made yet. */
async function* lines(count) {
  for (let line = 1; line <= count; line++) {
    yield `line ${line}\n`;
    await delay(20);
  }
}

app.http("CountLines", {
  route: "lines/{count}",
  methods: ["GET"],
  handler: (request) => ({ headers: { "Content-Type": "text/plain" }, body: Readable.from(lines(Number(request.params.count))) }),
});

app.http("CountBytes", {
  route: "bytes",
  methods: ["POST"],
  handler: async (request) => {
    let bytes = 0;
    for await (const chunk of request.body) bytes += chunk.length;
    return { jsonBody: { bytes } };
  },
});

/** After each part of the request: how many bytes have come so far. The first line is out while the caller still sends. */
async function* totals(parts) {
  let bytes = 0;
  for await (const part of parts) {
    bytes += part.length;
    yield `${bytes}\n`;
  }
}

app.http("Totals", {
  route: "totals",
  methods: ["POST"],
  handler: (request) => ({ body: Readable.from(totals(request.body)) }),
});

app.http("Fail", {
  handler: () => {
    throw new Error("on purpose");
  },
});
