import { fault } from "../errors/perdure-error.ts";
import { errorAnswer, jsonAnswer } from "./answers.ts";
import type { ConsoleCall, ConsoleParts, Route } from "./call.ts";
import { checkOwnPage } from "./own-page.ts";
import { ROUTES } from "./routes.ts";
import type { Role, Session } from "./wire.ts";

interface Match {
  readonly route: Route;
  /** Parts of the path, percent-encoded as they came. */
  readonly parts: { readonly [name: string]: string };
}

/** The answer to a request below `/api/v1`; `path` is the rest. Who asks is checked before what is asked: paths tell nothing to who has not signed in. */
export async function answerApi(parts: ConsoleParts, request: Request, path: string): Promise<Response> {
  const method = request.method === "HEAD" ? "GET" : request.method;
  let where = `${method} ${path}`;
  try {
    checkOwnPage(request);
    const match = matchOf(method, path);
    const session = sessionFor(parts, request, match?.route ?? null);
    if (match === null) throw fault("CONSOLE_NOT_FOUND", where);
    where = `${method} ${match.route.path}`;
    const url = new URL(request.url);
    const answer: unknown = await match.route.handle({ ...parts, request, url, where, params: decoded(match.parts, where), session });
    return answer instanceof Response ? answer : jsonAnswer(answer);
  } catch (error) {
    return errorAnswer(error, where, parts.log);
  }
}

const OUTSIDE: Session = { role: "read", expiresAt: null };

function sessionFor({ sessions }: ConsoleParts, request: Request, route: Route | null): Session {
  const session = sessions.of(request);
  if (route?.needs === "none") return session ?? OUTSIDE;
  if (session === null) throw fault("CONSOLE_SIGN_IN");
  if (route !== null && !mayDo(session.role, route.needs)) throw fault("CONSOLE_READ_ONLY", `${route.method} ${route.path}`);
  return session;
}

const mayDo = (role: Role, needs: Route["needs"]): boolean => role === "write" || needs !== "write";

const PATTERNS = ROUTES.map((route) => ({
  route,
  pattern: new RegExp(`^${route.path.replaceAll(/[.]/g, "\\.").replaceAll(/\{(\w+)\}/g, "(?<$1>[^/]+)")}/?$`),
}));

function matchOf(method: string, path: string): Match | null {
  for (const { route, pattern } of PATTERNS) {
    const groups = route.method === method ? pattern.exec(path) : null;
    if (groups !== null) return { route, parts: groups.groups ?? {} };
  }
  return null;
}

function decoded(parts: Match["parts"], where: string): ConsoleCall["params"] {
  try {
    return Object.fromEntries(Object.entries(parts).map(([name, text]) => [name, decodeURIComponent(text)]));
  } catch {
    throw fault("CONSOLE_NOT_FOUND", where);
  }
}
