/** IAM's wildcards: `*` is any text, also none, and `?` one character. All matching of patterns goes through here. */
import { memo } from "../model/memo";

export interface WildcardOptions {
  /** As IAM compares actions and condition keys; ARNs are compared with their case. @default false */
  readonly ignoreCase?: boolean;
}

/** Whether the pattern covers the text. */
export function covers(pattern: string, text: string, { ignoreCase = false }: WildcardOptions = {}): boolean {
  if (pattern === "*") return true;
  const [given, wanted] = ignoreCase ? [pattern.toLowerCase(), text.toLowerCase()] : [pattern, text];
  return isOpen(given) ? fits(tokensOf(given), wanted) : given === wanted;
}

/** Whether the pattern covers every text that the other pattern covers; false where that can't be told. */
export function includes(pattern: string, other: string, { ignoreCase = false }: WildcardOptions = {}): boolean {
  const [given, wanted] = ignoreCase ? [pattern.toLowerCase(), other.toLowerCase()] : [pattern, other];
  return given === wanted || (isOpen(given) && fits(tokensOf(given), tokensOf(wanted)));
}

/** A policy variable (`${aws:username}`) is no wildcard: it stands for one text, and `${*}` for a plain `*`. */
export function hasWildcard(pattern: string): boolean {
  return isOpen(pattern) && tokensOf(pattern).some((token) => token === any || token === one);
}

/** `*` in whatever spelling, `**` or `?*`: nothing worth naming is left out. */
export function isStar(pattern: string): boolean {
  return /^[*?]+$/.test(pattern) && pattern.includes("*");
}

/** Every action of every service: `*`, `*:*` and their other spellings. `*:?` is none of AWS's actions. */
export function isEveryAction(pattern: string): boolean {
  const [service = "", name, ...rest] = pattern.split(":");
  return isStar(service) && rest.length === 0 && (name === undefined || isStar(name));
}

const any = "*";
const one = "?";

/** One character each: plain ones as they are, wildcards marked, so that a literal `*` isn't taken for one. */
type Tokens = readonly string[];
const plain = (character: string): string => (character === any || character === one ? `\\${character}` : character);

function isOpen(pattern: string): boolean {
  return pattern.includes("*") || pattern.includes("?");
}

const tokensOf = memo((pattern: string): Tokens => {
  const tokens: string[] = [];
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i] as string;
    const end = character === "$" && pattern[i + 1] === "{" ? pattern.indexOf("}", i) : -1;
    if (end > 0) {
      const name = pattern.slice(i + 2, end);
      const text = /^[*?$]$/.test(name) ? name : pattern.slice(i, end + 1);
      tokens.push(...text.split("").map(plain));
      i = end;
    } else if (character !== any || tokens.at(-1) !== any) tokens.push(character);
  }
  return tokens;
}, 20_000);

/**
 * Whether the text fits the pattern, from left to right. After a `*`, only the last one is ever tried again, so that the
 * time is bounded by the product of the lengths, whatever the pattern.
 *
 * @param text plain characters, or the tokens of another pattern, whose `*` only a `*` covers and whose `?` also a `?`
 */
function fits(pattern: Tokens, text: string | Tokens): boolean {
  const isPlain = typeof text === "string";
  let p = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < text.length) {
    const wanted = isPlain ? plain(text[t] as string) : (text[t] as string);
    const given = pattern[p];
    if (given === any) {
      star = p++;
      resume = t;
    } else if (given !== undefined && (given === wanted || (given === one && wanted !== any))) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++resume;
    } else return false;
  }
  while (pattern[p] === any) p++;
  return p === pattern.length;
}
