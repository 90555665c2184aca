/** IAM's wildcards: `*` is any text, also none, and `?` one character. */

const compiled = new Map<string, RegExp>();

/** Whether the pattern covers the text. Actions and condition keys are compared without case, ARNs with it. */
export function covers(pattern: string, text: string, { ignoreCase = false } = {}): boolean {
  if (pattern === "*") return true;
  if (!hasWildcard(pattern)) return ignoreCase ? pattern.toLowerCase() === text.toLowerCase() : pattern === text;
  const key = ignoreCase ? `i${pattern}` : `c${pattern}`;
  let expression = compiled.get(key);
  if (!expression) {
    expression = new RegExp(`^${source(pattern)}$`, ignoreCase ? "is" : "s");
    compiled.set(key, expression);
  }
  return expression.test(text);
}

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
