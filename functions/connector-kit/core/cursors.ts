import { isDeepStrictEqual } from "node:util";
import { PageError } from "./errors";
import { MOST_CURSOR_BYTES } from "./limits";
import type { Json } from "./types";

/** The cursors of a request: they only move on. */
export class Cursors {
  private readonly seen = new Set<string>();
  private last: Json | undefined;

  /** @param start of the request's state */
  constructor(start: Json | undefined) {
    if (start !== undefined) this.passed(start);
  }

  /** The page before this cursor is handed over. */
  passed(cursor: Json): void {
    this.seen.add(JSON.stringify(cursor));
    this.last = cursor;
  }

  /** Whether a page with this cursor says something new, even without rows. */
  moves(cursor: Json): boolean {
    return !isDeepStrictEqual(cursor, this.last);
  }

  /** @throws PageError when a page of so many rows can't have this cursor */
  check(cursor: Json, rows: number): void {
    const text = cursor === undefined ? undefined : JSON.stringify(cursor);
    if (text === undefined) {
      throw new PageError("A page has no cursor. Yield the place after the page's last row, as JSON.");
    }
    const bytes = Buffer.byteLength(text);
    if (bytes > MOST_CURSOR_BYTES) {
      throw new PageError(
        `A cursor has ${bytes} bytes, at most ${MOST_CURSOR_BYTES} are allowed: it comes and goes with every request. Yield a place, not what was read.`,
      );
    }
    if (rows === 0 && !this.moves(cursor)) return;
    if (this.seen.has(text)) {
      throw new PageError(
        `A page of ${rows} rows has the cursor ${text}, which an earlier page had: the cursor doesn't move, so these rows would come for ever. Yield the place after the page's last row.`,
      );
    }
  }
}
