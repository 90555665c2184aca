/** Real tables for the local run, made from vega-datasets: packed and written in the ways that sources come in. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { parse as parseCsv } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { zipOf } from "./zip";

export interface SampleFile {
  /** A source of the stack, or a Snowflake table for a file that goes to its stage. */
  readonly source: string;
  readonly target: "source" | "snowflake";
  readonly name: string;
  readonly body: Buffer;
  /** Records in it, counted by a reader that the pipeline has no part in; undefined for a user's own file. */
  readonly records?: number;
}

const data = join(__dirname, "../../node_modules/vega-datasets/data");

/** The sample of each source and Snowflake table of the local stack. */
export async function sampleFiles(): Promise<SampleFile[]> {
  const zipcodes = read("zipcodes.csv");
  const airports = rows(read("airports.csv"));
  const birdstrikes = read("birdstrikes.csv");
  const weather = read("seattle-weather.csv");
  const unemployment = read("unemployment.tsv");
  const movies = read("movies.json");
  const flights = JSON.parse(read("flights-2k.json").toString("utf8")) as unknown[];
  return [
    sample("zipcodes", "zipcodes 2026.csv.gz", gzipSync(zipcodes), rows(zipcodes).length),
    sample(
      "wildlife-and-weather",
      "birdstrikes+weather.zip",
      await zipOf({ "birdstrikes.csv": birdstrikes, "seattle-weather.csv": weather }),
      rows(birdstrikes).length + rows(weather).length,
    ),
    sample("unemployment", "unemployment.tsv", unemployment, rows(unemployment, "\t").length),
    sample("movies", "movies.json", movies, (JSON.parse(movies.toString("utf8")) as unknown[]).length),
    sample("flights", "2026/flights-ü.ndjson", ndjson(flights), flights.length),
    sample("inbox", "anything.psv", pipeDelimited(airports), airports.length),
    sample("inbox", "damaged.csv", damaged(read("airports.csv")), airports.length),
    { ...sample("AIRPORTS", "airports.psv", pipeDelimited(airports), airports.length), target: "snowflake" },
  ];
}

function sample(source: string, name: string, body: Buffer, records: number): SampleFile {
  return { source, target: "source", name, body, records };
}

function read(file: string): Buffer {
  return readFileSync(join(data, file));
}

function rows(csv: Buffer, delimiter = ","): Record<string, string>[] {
  return parseCsv(csv, { columns: true, delimiter, bom: true }) as Record<string, string>[];
}

function ndjson(records: readonly unknown[]): Buffer {
  return Buffer.from(`${records.map((record) => JSON.stringify(record)).join("\n")}\n`);
}

/** Three rows that can't be loaded: a field too many, a field too few, a byte that isn't UTF-8. */
function damaged(csv: Buffer): Buffer {
  const lines = csv.toString("latin1").split("\n");
  lines[10] = `${lines[10]},one more`;
  lines[20] = (lines[20] ?? "").replace(",", " ");
  lines[30] = (lines[30] ?? "").replace(/[a-z]/, "\xe9");
  return Buffer.from(lines.join("\n"), "latin1");
}

function pipeDelimited(records: readonly Record<string, string>[]): Buffer {
  return Buffer.from(stringify([...records], { header: true, delimiter: "|" }));
}
