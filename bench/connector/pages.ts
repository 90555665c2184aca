import { readFileSync } from "node:fs";
import { join } from "node:path";

const PAGE_ROWS = 500;
const ROWS = 50_000;

/**
 * A source's pages as they come over the network: JSON of flights, less than 6 MB in all, so that a plain handler may hand them
 * over in one answer too.
 */
export function pageTexts(): string[] {
  const path = join(__dirname, "../../node_modules/vega-datasets/data/flights-20k.json");
  const flights = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>[];
  const rows = Array.from({ length: ROWS }, (_, id) => ({ id, ...flights[id % flights.length] }));
  const texts: string[] = [];
  for (let at = 0; at < ROWS; at += PAGE_ROWS) texts.push(JSON.stringify(rows.slice(at, at + PAGE_ROWS)));
  return texts;
}
