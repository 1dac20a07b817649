import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { PageFiles } from "./page-files.ts";

const root = mkdtempSync(join(tmpdir(), "console-"));
const folder = join(root, "console");
mkdirSync(join(folder, "assets"), { recursive: true });
after(() => rmSync(root, { recursive: true }));

const INDEX = "<!doctype html><title>Perdure</title>";
for (const [name, text] of [
  ["index.html", INDEX],
  ["icon.svg", "<svg/>"],
  ["index.js", "code of the package"],
  ["assets/app-1f2e.js", "x".repeat(5_000)],
  ["assets/mono-1.woff2", "font"],
  ["../secret.txt", "secret"],
] as const)
  writeFileSync(join(folder, name), text);

const ask = (path: string, headers: { readonly [name: string]: string } = {}, of = folder) =>
  new PageFiles(of).answer(new Request(`http://h${path}`, { headers }), path);

test("the page is asked for each time, and its parts never again", async () => {
  const page = ask("/");
  assert.deepEqual(
    [page.status, page.headers.get("content-type"), page.headers.get("cache-control")],
    [200, "text/html; charset=utf-8", "no-cache"],
  );
  assert.equal(await page.text(), INDEX);
  const script = ask("/assets/app-1f2e.js");
  assert.deepEqual(
    [script.headers.get("content-type"), script.headers.get("cache-control")],
    ["text/javascript; charset=utf-8", "public, max-age=31536000, immutable"],
  );
  assert.equal(ask("/assets/mono-1.woff2").headers.get("content-type"), "font/woff2");
});

test("what a browser has is not sent again", async () => {
  const etag = ask("/").headers.get("etag") ?? "";
  const again = ask("/", { "if-none-match": etag });
  assert.deepEqual([again.status, await again.text(), again.headers.get("etag")], [304, "", etag]);
});

test("text goes out compressed to those who take it", async () => {
  const script = ask("/assets/app-1f2e.js", { "accept-encoding": "br, gzip" });
  assert.equal(script.headers.get("content-encoding"), "gzip");
  const bytes = Buffer.from(await script.arrayBuffer());
  assert.ok(bytes.length < 200);
  assert.equal(gunzipSync(bytes).toString(), "x".repeat(5_000));
  assert.equal(ask("/assets/mono-1.woff2", { "accept-encoding": "gzip" }).headers.get("content-encoding"), null);
});

test("nothing but the page is served", () => {
  for (const path of [
    "/../secret.txt",
    "/assets/../../secret.txt",
    "/index.js",
    "/assets",
    "/assets/",
    "/nothing.txt",
    "/assets/a/b.js",
    "//secret.txt",
  ])
    assert.equal(ask(path).status, 404, path);
});

test("every answer has the policy that lets nothing foreign and nothing inline run", () => {
  for (const path of ["/", "/assets/app-1f2e.js", "/nothing"]) {
    const { headers } = ask(path);
    const policy = headers.get("content-security-policy") ?? "";
    assert.match(
      policy,
      /^default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'/,
    );
    assert.match(policy, /form-action 'self'; frame-ancestors 'none'$/);
    assert.deepEqual([headers.get("x-content-type-options"), headers.get("referrer-policy")], ["nosniff", "no-referrer"]);
  }
});

test("a page that is built again is read again", async () => {
  const files = new PageFiles(folder);
  const path = join(folder, "index.html");
  const text = () => files.answer(new Request("http://h/"), "/").text();
  assert.equal(await text(), INDEX);
  writeFileSync(path, "another");
  utimesSync(path, 1, 1);
  assert.equal(await text(), "another");
});

test("a page that is not built is a sentence", async () => {
  const missing = ask("/", {}, join(root, "none"));
  assert.equal(missing.status, 500);
  assert.match(
    await missing.text(),
    /^The page of the console is not built: .*none has no index\.html\. In the repository "npm run build" writes it/,
  );
});
