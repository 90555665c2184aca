/** Keys that stand twice in one object of a JSON text: a reader keeps the last one, which hides what the first one says. */

interface Level {
  /** Undefined for a list. */
  readonly keys: Set<string> | undefined;
  readonly path: string;
  /** Of a list: the element that is being read. */
  index: number;
  /** Of an object: the key whose value is being read. */
  key: string;
}

/**
 * @param text valid JSON
 * @returns their paths, for example `Statement[0].Condition.StringEquals`, each once
 */
export function duplicateKeys(text: string): string[] {
  const found = new Set<string>();
  const levels: Level[] = [];
  let expectsKey = false;
  for (let i = 0; i < text.length; i++) {
    const level = levels.at(-1);
    switch (text[i]) {
      case "{":
      case "[":
        levels.push({ keys: text[i] === "{" ? new Set() : undefined, path: pathOf(level), index: 0, key: "" });
        expectsKey = text[i] === "{";
        break;
      case "}":
      case "]":
        levels.pop();
        expectsKey = false;
        break;
      case ",":
        if (level) level.index++;
        expectsKey = level?.keys !== undefined;
        break;
      case '"': {
        const end = endOfString(text, i);
        if (expectsKey && level?.keys) {
          level.key = JSON.parse(text.slice(i, end + 1));
          if (level.keys.has(level.key)) found.add(pathOf(level));
          level.keys.add(level.key);
          expectsKey = false;
        }
        i = end;
        break;
      }
    }
  }
  return [...found];
}

function pathOf(level: Level | undefined): string {
  if (level === undefined) return "";
  if (level.keys === undefined) return `${level.path}[${level.index}]`;
  return level.path === "" ? level.key : `${level.path}.${level.key}`;
}

/** Position of the quote that ends the string. */
function endOfString(text: string, start: number): number {
  let i = start + 1;
  while (i < text.length && text[i] !== '"') i += text[i] === "\\" ? 2 : 1;
  return i;
}
