/**
 * Where the JSON value ends that begins here and isn't a string; the text has no escapes. Only brackets and quotes are
 * looked at, so what isn't JSON is found out by whoever parses the value.
 */
export function valueEnd(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    switch (text[at]) {
      case '"':
        at = text.indexOf('"', at + 1);
        if (at === -1) return text.length;
        break;
      case "{":
      case "[":
        depth += 1;
        break;
      case "}":
      case "]":
        if (depth === 0) return at;
        depth -= 1;
        if (depth === 0) return at + 1;
        break;
      case ",":
      case " ":
        if (depth === 0) return at;
        break;
    }
  }
  return text.length;
}
