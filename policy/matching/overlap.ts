/** Whether a resource pattern can name a resource of an ARN form at all. */
import { memo } from "../model/memo";

/** Placeholders that hold no `/` and no `:`. All others may hold anything: better a mismatch missed than one made up. */
const simple = /\$\{(Account|BucketName|KeyId|Partition|QueueName|Region|TableName|TopicName)\}/g;
const anything = "\u0001";
const segment = "\u0002";
const one = "\u0003";

/** For example true for `arn:aws:s3:::orders/*` and `arn:${Partition}:s3:::${BucketName}/${ObjectName}`. */
export function canMatch(pattern: string, format: string): boolean {
  // Most patterns have no wildcards.
  return /[*?]|\$\{/.test(pattern) ? meets(`${format}\n${pattern}`) : formOf(format).expression.test(pattern);
}

const formOf = memo((format: string) => {
  const tokens = format.replace(simple, segment).replace(/\$?\{[^}]*\}|\*/g, anything);
  const source = tokens
    .replace(/[.+^$()|[\]\\]/g, "\\$&")
    .replaceAll(anything, ".*")
    .replaceAll(segment, "[^/:]*");
  return { expression: new RegExp(`^${source}$`, "s"), tokens };
});

const meets = memo((both: string): boolean => {
  const end = both.indexOf("\n");
  return overlap(tokensOf(both.slice(end + 1)), formOf(both.slice(0, end)).tokens);
}, 20_000);

/** A policy variable stands for some text that isn't known here. */
function tokensOf(pattern: string): string {
  return pattern
    .replace(/\$\{[^}]*\}/g, anything)
    .replace(/\*+/g, anything)
    .replace(/\?/g, one);
}

/** Whether two patterns have a text in common: one row of the table of reachable positions for each character of `a`. */
function overlap(a: string, b: string): boolean {
  let row = closure(new Array<boolean>(b.length + 1).fill(false).with(0, true), b);
  for (const x of a) {
    const next = new Array<boolean>(b.length + 1).fill(false);
    for (let j = 0; j <= b.length; j++) {
      if (x === anything) {
        // It takes any text: every later position of `b` can be reached, this one too.
        if (row[j]) next.fill(true, j);
        if (next[j]) break;
        continue;
      }
      if (!row[j] || j === b.length) continue;
      const y = b[j] as string;
      if (y === anything || (y === segment && (x === one || !/[/:]/.test(x)))) next[j] = true;
      else if (y === x || x === one) next[j + 1] = true;
    }
    row = closure(next, b);
  }
  return row[b.length] === true;
}

/** What `b` can stand for with no text: its wildcards may be passed over. */
function closure(row: boolean[], b: string): boolean[] {
  for (let j = 0; j < b.length; j++) if (row[j] && (b[j] === anything || b[j] === segment)) row[j + 1] = true;
  return row;
}
