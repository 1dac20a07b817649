import type { Stats } from "node:fs";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { fault } from "../errors/perdure-error.ts";
import { nodeCrypto } from "../process/node-crypto.ts";
import { NOT_KEPT, securedResponse } from "./answers.ts";

/** Both in the sources and in the build (`dist/lib`) this module stands two folders below package.json. */
const BUILT = fileURLToPath(new URL("../../dist/console", import.meta.url));

const INDEX = "index.html";
/** Names in it change with their contents. */
const HASHED = "assets";

const TYPES: { readonly [extension: string]: string } = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".woff2": "font/woff2",
};
const SCRIPT = "text/javascript; charset=utf-8";

interface PageFile {
  readonly bytes: Buffer<ArrayBuffer>;
  /** Null: what it would save is not worth it. */
  readonly zipped: Buffer<ArrayBuffer> | null;
  readonly headers: { readonly [name: string]: string };
}

/** The static files of the page. They are read when they are first asked for, and again after another build. */
export class PageFiles {
  readonly #folder: string;
  readonly #files = new Map<string, PageFile>();
  #built = -1;

  constructor(folder: string = BUILT) {
    this.#folder = folder;
  }

  /** `path` below the console: "/", "/assets/console-1f2e.js". */
  answer(request: Request, path: string): Response {
    const file = this.#file(path === "/" ? INDEX : path.slice(1));
    if (file === null) {
      if (path === "/") return notBuilt(this.#folder);
      return securedResponse(`The console has no file ${path}.\n`, 404, { "Content-Type": "text/plain; charset=utf-8", ...NOT_KEPT });
    }
    if (request.headers.get("if-none-match") === file.headers.ETag) return securedResponse(null, 304, file.headers);
    const takesZipped = file.zipped !== null && /\bgzip\b/.test(request.headers.get("accept-encoding") ?? "");
    return takesZipped
      ? securedResponse(file.zipped, 200, { ...file.headers, "Content-Encoding": "gzip" })
      : securedResponse(file.bytes, 200, file.headers);
  }

  #file(name: string): PageFile | null {
    const built = statSync(join(this.#folder, INDEX), { throwIfNoEntry: false })?.mtimeMs ?? -1;
    if (built !== this.#built) this.#files.clear();
    this.#built = built;
    const known = this.#files.get(name);
    if (known !== undefined) return known;
    const found = this.#read(name);
    if (found !== null) this.#files.set(name, found);
    return found;
  }

  /** By what is in the folders, so that no path leads out of them. Beside the page there may be code of the package, which is not for browsers. */
  #read(name: string): PageFile | null {
    const [folder, file, ...more] = name.includes("/") ? name.split("/") : ["", name];
    if (file === undefined || more.length > 0 || (folder !== "" && folder !== HASHED)) return null;
    const type = TYPES[extname(file)] ?? (folder === HASHED && extname(file) === ".js" ? SCRIPT : undefined);
    const path = join(this.#folder, folder ?? "");
    if (type === undefined || !filesIn(path).includes(file)) return null;
    return pageFile(readFileSync(join(path, file)), type, folder === HASHED);
  }
}

function pageFile(bytes: Buffer<ArrayBuffer>, type: string, isHashed: boolean): PageFile {
  const zipped = type.startsWith("font/") ? null : process.getBuiltinModule("node:zlib").gzipSync(bytes, { level: 9 });
  const headers = {
    "Content-Type": type,
    "Cache-Control": isHashed ? "public, max-age=31536000, immutable" : "no-cache",
    ETag: `"${nodeCrypto().createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`,
    Vary: "Accept-Encoding",
  };
  return { bytes, zipped, headers };
}

function filesIn(folder: string): readonly string[] {
  const stats: Stats | undefined = statSync(folder, { throwIfNoEntry: false });
  return stats === undefined ? [] : readdirSync(folder);
}

/** A person sees it, in a browser. */
function notBuilt(folder: string): Response {
  const { httpStatus, message } = fault("CONSOLE_NOT_BUILT", folder);
  return securedResponse(`${message}\n`, httpStatus, { "Content-Type": "text/plain; charset=utf-8", ...NOT_KEPT });
}
