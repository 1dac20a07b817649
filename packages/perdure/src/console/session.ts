import { keyMatcher } from "../http/security.ts";
import { nodeCrypto } from "../process/node-crypto.ts";
import type { Role, Session } from "./wire.ts";

const LIFE_MS = 12 * 3_600_000;
const WRITTEN = /^(write|read)\.([0-9a-z]{1,12})\.([\w-]{43})$/;

export interface KeysOfConsole {
  readonly keys: readonly string[];
  readonly readKeys: readonly string[];
}

export interface SignedIn {
  readonly session: Session;
  readonly cookie: string;
}

/**
 * Who may do what. A cookie says role and end of a session under an HMAC by the keys: so no session is kept in memory, hosts with the same keys accept each other's, and
 * none outlives a change of keys.
 *
 * It has no Path, so that the browser takes the folder of the request that signed in: this fits behind any prefix of any proxy. A browser does not tell the
 * ports of a machine apart in cookies, so that its name says for which keys it is.
 */
export class Sessions {
  readonly #isOpen: boolean;
  readonly #secret: Buffer;
  readonly #name: string;
  readonly #isKey: (given: string) => boolean;
  readonly #isReadKey: (given: string) => boolean;
  readonly #now: () => number;

  constructor({ keys, readKeys }: KeysOfConsole, now: () => number) {
    this.#isOpen = keys.length === 0;
    this.#secret = nodeCrypto()
      .createHash("sha256")
      .update(JSON.stringify(["perdure console", keys, readKeys]))
      .digest();
    this.#name = `perdure-console-${this.#mac("name").slice(0, 8)}`;
    this.#isKey = keyMatcher(keys);
    this.#isReadKey = keyMatcher(readKeys);
    this.#now = now;
  }

  get demandKey(): boolean {
    return !this.#isOpen;
  }

  /** Null: the caller has to sign in. */
  of(request: Request): Session | null {
    if (this.#isOpen) return { role: "write", expiresAt: null };
    for (const part of (request.headers.get("cookie") ?? "").split(";")) {
      const [name = "", value = ""] = part.trim().split("=");
      const session = name === this.#name ? this.#read(value) : null;
      if (session !== null) return session;
    }
    return null;
  }

  /** Null: it is none of the keys. */
  signIn(key: string, isSecure: boolean): SignedIn | null {
    const role: Role | null = this.#isKey(key) ? "write" : this.#isReadKey(key) ? "read" : null;
    if (role === null) return null;
    const expiresAt = this.#now() + LIFE_MS;
    const said = `${role}.${expiresAt.toString(36)}`;
    const cookie = this.#cookie(`${said}.${this.#mac(said)}`, LIFE_MS / 1_000, isSecure);
    return { session: { role, expiresAt }, cookie };
  }

  /** The cookie that ends the session in that browser. */
  signOut(isSecure: boolean): string {
    return this.#cookie("", 0, isSecure);
  }

  #cookie(value: string, seconds: number, isSecure: boolean): string {
    return `${this.#name}=${value}; Max-Age=${seconds}; HttpOnly; SameSite=Strict${isSecure ? "; Secure" : ""}`;
  }

  #read(value: string): Session | null {
    const [, role, end, mac] = WRITTEN.exec(value) ?? [];
    if (role === undefined || end === undefined || mac === undefined) return null;
    if (!nodeCrypto().timingSafeEqual(Buffer.from(mac), Buffer.from(this.#mac(`${role}.${end}`)))) return null;
    const expiresAt = Number.parseInt(end, 36);
    return expiresAt > this.#now() ? { role: role === "write" ? "write" : "read", expiresAt } : null;
  }

  #mac(text: string): string {
    return nodeCrypto().createHmac("sha256", this.#secret).update(text).digest("base64url");
  }
}
