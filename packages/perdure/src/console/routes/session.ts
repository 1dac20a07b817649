import { fault } from "../../errors/perdure-error.ts";
import { stringOption } from "../../model/options.ts";
import { jsonAnswer } from "../answers.ts";
import type { ConsoleCall } from "../call.ts";
import { isSecure } from "../own-page.ts";
import { bodyOptions } from "../request-parts.ts";
import type { HubInfo, Session } from "../wire.ts";

export const readSession = ({ session }: ConsoleCall): Session => session;

export async function signIn(call: ConsoleCall): Promise<Response> {
  const { key } = await bodyOptions(call, ["key"]);
  const signedIn = call.sessions.signIn(stringOption(key, call.where, "key"), isSecure(call.request, call.url));
  if (signedIn === null) throw fault("CONSOLE_KEY_WRONG");
  return jsonAnswer(signedIn.session, 200, { "Set-Cookie": signedIn.cookie });
}

export const signOut = ({ sessions, request, url }: ConsoleCall): Response =>
  jsonAnswer({}, 200, { "Set-Cookie": sessions.signOut(isSecure(request, url)) });

export const readHub = ({ info, session, payloads, hub }: ConsoleCall): HubInfo => ({
  ...info,
  role: session.role,
  payloads: payloads.policy,
  now: hub.now(),
});
