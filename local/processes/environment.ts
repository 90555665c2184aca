/** What of a user's environment processes of the local cloud get; credentials, proxies and tokens aren't in it. */
export const allowedVariables = [
  "PATH",
  "HOME",
  "TMPDIR",
  "USER",
  "LOGNAME",
  "LANG",
  "LC_ALL",
  "LC_CTYPE",
  "TZ",
] as const;

/** Only what is allowed, and what is set besides. */
export function childEnvironment(set: Readonly<Record<string, string>> = {}): Record<string, string> {
  const allowed = allowedVariables.flatMap((name): [string, string][] => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return { ...Object.fromEntries(allowed), ...set };
}
