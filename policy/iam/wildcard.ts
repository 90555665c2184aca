/** IAM's wildcards: `*` is any text, also none, and `?` one character. */
import { memo } from "./memo";

/** Whether the pattern covers the text. Actions and condition keys are compared without case, ARNs with it. */
export function covers(pattern: string, text: string, { ignoreCase = false } = {}): boolean {
  if (pattern === "*") return true;
  if (!hasWildcard(pattern)) return ignoreCase ? pattern.toLowerCase() === text.toLowerCase() : pattern === text;
  return (ignoreCase ? withoutCase : withCase)(pattern).test(text);
}

const withCase = memo((pattern: string) => new RegExp(`^${source(pattern)}$`, "s"));
const withoutCase = memo((pattern: string) => new RegExp(`^${source(pattern)}$`, "is"));

/** A policy variable (`${aws:username}`) is no wildcard: it stands for one text. */
export function hasWildcard(pattern: string): boolean {
  return /[*?]/.test(pattern.replace(/\$\{[^}]*\}/g, ""));
}

function source(pattern: string): string {
  return pattern
    .replace(/\*{2,}/g, "*")
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*/g, ".*")
    .replace(/\?/g, ".");
}
