/** Tells values that are secrets from ARNs, names and settings. */
import { unknown } from "../../model/unknown";

const secretName =
  /(^|[_-])(secret|passwords?|passwd|pwd|passphrase|token|api[_-]?key|private[_-]?key|access[_-]?key|secret[_-]?key|auth[_-]?key|credentials?)$/i;

/** `dbPassword`, `ApiKey`: words told apart by capitals. */
const camel = (name: string) => name.replace(/([a-z0-9])([A-Z])/g, "$1_$2");

/** What a key looks like, whatever the variable is called. */
const keyForms: readonly (readonly [what: string, form: RegExp])[] = [
  ["an AWS access key", /\b(AKIA|ASIA)[A-Z0-9]{16}\b/],
  ["a private key", /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  ["a JSON web token", /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*/],
  ["a GitHub token", /\b(gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{30,})\b/],
  ["a Slack token", /\bxox[abeprs]-[\w-]{10,}/],
  ["a Stripe key", /\b[rs]k_(live|test)_[A-Za-z0-9]{16,}\b/],
  ["a Google API key", /\bAIza[\w-]{35}\b/],
  ["a URL with a password", /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]+:[^\s/@]+@/i],
];

/** Why the variable's value must not stand there; never with the value itself. */
export function secretIn(name: string, value: unknown, namesOfSecrets: ReadonlySet<string>): string | undefined {
  if (value === unknown || typeof value !== "string") return undefined;
  const form = keyForms.find(([, expression]) => expression.test(value));
  if (form) return `its value looks like ${form[0]}`;
  if (!secretName.test(camel(name)) || isReference(value) || namesOfSecrets.has(value)) return undefined;
  return "its name says that it is a secret, and its value is written out";
}

/** An ARN, the name or path of a secret or parameter, a setting: nothing that opens a door. */
function isReference(value: string): boolean {
  // A key in base64 has slashes too, but capitals, small letters and digits at once as no path has them.
  if (/^[A-Za-z0-9/+=]{20,}$/.test(value) && [/[A-Z]/, /[a-z]/, /\d/].every((of) => of.test(value))) return false;
  return (
    value === "" ||
    /^arn:aws/.test(value) ||
    /^\/?[\w.-]+(\/[\w.-]+)+$/.test(value) ||
    /^(true|false|none|null|\d{1,9})$/i.test(value) ||
    // A placeholder that something else fills in.
    /^\$\{[^{}]+\}$/.test(value) ||
    /^\{\{resolve:(secretsmanager|ssm-secure):.*\}\}$/.test(value)
  );
}
