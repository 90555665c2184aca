const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * The texts of a JSON list's elements as they are written, so that numbers of any length stay exact.
 * @param text valid JSON whose value is a list
 */
export function elementsOf(text: string): string[] {
  const parts: string[] = [];
  for (const { start, end } of partsOf(text)) parts.push(text.slice(start, end).trim());
  return parts;
}

/**
 * The text of an object's member as it is written; the last one counts where the name is repeated, as for JSON.parse.
 * @param text valid JSON whose value is an object
 */
export function memberOf(text: string, name: string): string | undefined {
  let found: string | undefined;
  for (const { start, end, colon } of partsOf(text)) {
    if (JSON.parse(text.slice(start, colon)) === name) found = text.slice(colon + 1, end).trim();
  }
  return found;
}

/** Where the parts between a container's commas lie; `colon` is the first one outside of texts. */
function* partsOf(text: string): Generator<{ readonly start: number; readonly end: number; readonly colon: number }> {
  let depth = 0;
  let start = 0;
  let colon = -1;
  let isEmpty = true;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) {
      isEmpty = false;
      i = endOfText(text, i);
    } else if (code === OPEN_LIST || code === OPEN_OBJECT) {
      depth++;
      if (depth === 1) start = i + 1;
      else isEmpty = false;
    } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) {
      depth--;
      if (depth === 0 && !isEmpty) yield { start, end: i, colon };
    } else if (depth === 1 && code === COMMA) {
      yield { start, end: i, colon };
      start = i + 1;
      colon = -1;
    } else if (depth === 1 && code === COLON) {
      if (colon === -1) colon = i;
    } else if (code > 0x20) isEmpty = false;
  }
}

/** Index of the closing quote. */
function endOfText(text: string, open: number): number {
  let i = open + 1;
  for (let code = text.charCodeAt(i); code !== QUOTE; code = text.charCodeAt(i)) i += code === BACKSLASH ? 2 : 1;
  return i;
}
