/**
 * An address as it may stand in messages and logs, without password and key. The address may be one that cannot be parsed, so all before the last `@` goes:
 * a password may hold any character.
 */
export const withoutSecrets = (url: string): string => url.replace(/\/\/.*@/s, "//…@").replace(/([?&](?:password|code)=)[^&#]*/gi, "$1…");
