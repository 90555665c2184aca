import { QuotedRecord } from "./quotedRecord";

/** Those that are rarer within texts first. */
const USUAL = ["\t", "|", ";", ","] as const;
/** Taken only where none of the usual ones fits: they stand in texts of all kinds. */
const UNUSUAL = ["~", "^", ":", "\x1f", "\x01"] as const;
export const DELIMITERS: readonly string[] = [...USUAL, ...UNUSUAL];

const MAX_ROWS = 200;
/** Lines of one record that are looked at. */
const MAX_LINES = 20;

/** How well a delimiter fits a text's first rows. */
export interface DelimiterFit {
  readonly delimiter: string;
  /** Fields of the header; 0 where its quotes don't match. */
  readonly columns: number;
  /** Rows after the header, up to a bound. */
  readonly rows: number;
  /** Those of them with as many fields as the header has. */
  readonly equal: number;
}

export function fitOf(lines: readonly string[], delimiter: string): DelimiterFit {
  const [columns = 0, ...rows] = fieldCounts(lines, delimiter);
  return { delimiter, columns, rows: rows.length, equal: rows.filter((count) => count === columns).length };
}

/** Whether the rows are really divided by it: at least nine of ten like the header, into several fields. */
export function fitsWell({ columns, rows, equal }: DelimiterFit): boolean {
  return columns > 1 && rows > 0 && equal * 10 >= rows * 9;
}

/**
 * The delimiter by which most rows have as many fields as the header; of those that fit alike the one that gives more
 * fields, then the one that the file's name suggests, then the one that is rarer within texts. Undefined where none divides the header and any of the rows.
 */
export function findDelimiter(lines: readonly string[], suggested: string | undefined): DelimiterFit | undefined {
  const order = suggested === undefined ? USUAL : [suggested, ...USUAL.filter((each) => each !== suggested)];
  const fits = order.map((delimiter) => fitOf(lines, delimiter)).filter((fit) => score(fit) > 0);
  if (fits.length === 0) return UNUSUAL.map((delimiter) => fitOf(lines, delimiter)).find(fitsWell);
  return fits.reduce((best, fit) => (score(fit) > score(best) ? fit : best));
}

function score({ columns, rows, equal }: DelimiterFit): number {
  if (columns < 2) return 0;
  return (rows === 0 ? 1 : equal / rows) * (1 - 1 / columns);
}

/** Fields of each record; 0 for one whose quotes don't match. */
function fieldCounts(lines: readonly string[], delimiter: string): number[] {
  const counts: number[] = [];
  let next = 0;
  while (next < lines.length && counts.length <= MAX_ROWS) {
    const line = lines[next] as string;
    if (line === "") next++;
    else if (line.includes('"')) {
      const { count, lines: used } = quotedFields(lines, next, delimiter);
      if (count !== undefined) counts.push(count);
      next += used;
    } else {
      counts.push(line.split(delimiter).length);
      next++;
    }
  }
  return counts;
}

/** @returns no count where the lines end before the record. */
function quotedFields(
  lines: readonly string[],
  start: number,
  delimiter: string,
): { readonly count?: number; readonly lines: number } {
  const record = new QuotedRecord(delimiter);
  record.forget();
  for (let used = 1; used <= MAX_LINES; used++) {
    const line = lines[start + used - 1];
    if (line === undefined) return { lines: used };
    if (record.feed(line)) return { count: record.problem === undefined ? record.count : 0, lines: used };
  }
  return { count: 0, lines: 1 };
}
