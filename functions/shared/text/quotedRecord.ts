/**
 * The fields of a record that has quotes, fed line by line because a quoted field may hold line breaks. A quote opens a
 * field only as its first character (RFC 4180); elsewhere, as in `5" pipe`, it is a character like any other. Blanks
 * between a closing quote and the delimiter are passed over.
 */
export class QuotedRecord {
  readonly fields: string[] = [];
  /** Fields that are closed. */
  count = 0;
  /** Places of the fields that stood in quotes, in order. */
  readonly quotedFields: number[] = [];
  problem?: string;
  /** A field without quotes around it ends with one, as the rest of a record does that was torn in two. */
  endsLikeQuoted = false;
  private field = "";
  private inQuotes = false;
  private keep = true;

  constructor(
    private readonly delimiter: string,
    private readonly quote = '"',
  ) {}

  /** @returns true when the record is complete with this line, or can't be completed (`problem`). */
  feed(line: string): boolean {
    let position = 0;
    for (;;) {
      if (this.inQuotes) {
        const quote = line.indexOf(this.quote, position);
        if (quote === -1) {
          this.add(line.slice(position));
          return false;
        }
        this.add(line.slice(position, quote));
        position = quote + 1;
        if (line[position] === this.quote) {
          this.add(this.quote);
          position++;
          continue;
        }
        this.inQuotes = false;
        this.quotedFields.push(this.count);
        this.push(this.field);
        position = this.skipBlanks(line, position);
        if (position === line.length) return true;
        if (line[position] !== this.delimiter) {
          this.problem = `field ${this.count} goes on after its closing quote; double the quotes within a field`;
          return true;
        }
        position++;
      } else if (line[position] === this.quote) {
        this.inQuotes = true;
        this.field = "";
        position++;
      } else {
        const end = line.indexOf(this.delimiter, position);
        const field = line.slice(position, end === -1 ? line.length : end);
        if (field.endsWith(this.quote)) this.endsLikeQuoted = true;
        this.push(field);
        if (end === -1) return true;
        position = end + 1;
      }
    }
  }

  /** The line break between two lines of an open field. */
  feedBreak(text: string): void {
    this.add(text);
  }

  /** From now on only where the record ends is of interest. */
  forget(): void {
    this.keep = false;
    this.field = "";
    this.fields.length = 0;
  }

  private push(field: string): void {
    this.count++;
    if (this.keep) this.fields.push(field);
  }

  private add(text: string): void {
    if (this.keep) this.field += text;
  }

  private skipBlanks(line: string, start: number): number {
    let position = start;
    while (line[position] === " " || (line[position] === "\t" && this.delimiter !== "\t")) position++;
    return position === line.length || line[position] === this.delimiter ? position : start;
  }
}
