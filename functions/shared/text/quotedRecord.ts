/**
 * The fields of a record that has quotes, fed line by line because a quoted field may hold line breaks. A quote opens a
 * field only as its first character (RFC 4180); elsewhere, as in `5" pipe`, it is a character like any other.
 */
export class QuotedRecord {
  readonly fields: string[] = [];
  /** Places in `fields` of those that stood in quotes. */
  readonly quotedFields = new Set<number>();
  problem?: string;
  private field = "";
  private inQuotes = false;

  constructor(
    private readonly delimiter: string,
    private readonly quote = '"',
  ) {}

  /** @returns true when the record is complete with this line. */
  feed(line: string): boolean {
    let position = 0;
    for (;;) {
      if (this.inQuotes) {
        const quote = line.indexOf(this.quote, position);
        if (quote === -1) {
          this.field += line.slice(position);
          return false;
        }
        this.field += line.slice(position, quote);
        position = quote + 1;
        if (line[position] === this.quote) {
          this.field += this.quote;
          position++;
          continue;
        }
        this.inQuotes = false;
        this.quotedFields.add(this.fields.length);
        this.fields.push(this.field);
        if (position === line.length) return true;
        if (line[position] !== this.delimiter) {
          this.problem = `field ${this.fields.length} goes on after its closing quote; double the quotes within a field`;
          return true;
        }
        position++;
      } else if (line[position] === this.quote) {
        this.inQuotes = true;
        this.field = "";
        position++;
      } else {
        const end = line.indexOf(this.delimiter, position);
        if (end === -1) {
          this.fields.push(line.slice(position));
          return true;
        }
        this.fields.push(line.slice(position, end));
        position = end + 1;
      }
    }
  }

  /** The line break between two lines of an open field. */
  feedBreak(text: string): void {
    this.field += text;
  }
}
