/** Successive full exports of two tables, made from vega-datasets. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";

/** One file of a version of an export. */
export interface ExportFile {
  readonly tenant: string;
  readonly table: string;
  readonly version: string;
  readonly name: string;
  readonly body: Buffer;
}

const data = join(__dirname, "../../node_modules/vega-datasets/data");
const tenant = "acme";
const versions = ["20260101_V0001", "20260101_V0002", "20260102_V0001"] as const;

type Row = Record<string, string | undefined>;

/** In the order in which they are uploaded. */
export function exportSamples(): ExportFile[] {
  const airports = read("airports.csv").slice(0, 600);
  const weather = read("seattle-weather.csv").slice(0, 600);
  return versions.flatMap((version, day) => [
    sample("airports", version, csv(airportsOf(airports, day), day === 2 ? reordered(airports) : undefined)),
    sample("weather", version, csv(weatherOf(weather, day), undefined, { header: false, delimiter: ";" })),
  ]);
}

/** Some come, some go, some change; the names get what is hard to read. */
function airportsOf(rows: readonly Row[], day: number): Row[] {
  const there = rows.filter(
    (_, i) => !(i % 50 === 0 && day === 0) && !(i % 40 === 1 && day > 0) && !(i % 90 === 2 && day > 1),
  );
  return there.map((row, i) => {
    if (day > 0 && i % 30 === 3) return { ...row, name: `${row.name}, "the ${day}th"\nand more` };
    if (day > 0 && i % 70 === 4) return { ...row, city: undefined };
    if (day > 1 && i % 70 === 5) return { ...row, state: "", name: `${row.name} 日本 🛫` };
    return row;
  });
}

/** Written in another way each day, which is no change; some values change. */
function weatherOf(rows: readonly Row[], day: number): Row[] {
  return rows
    .filter((_, i) => day === 0 || i % 200 !== 7)
    .map((row, i) => {
      const written = day === 1 ? { ...row, wind: Number(row.wind).toFixed(2) } : row;
      return day > 0 && i % 100 === 9 ? { ...written, temp_max: `${Number(row.temp_max) + day}` } : written;
    });
}

function reordered(rows: readonly Row[]): string[] {
  return Object.keys(rows[0] ?? {}).reverse();
}

function read(file: string): Row[] {
  return parse(readFileSync(join(data, file)), { columns: true, bom: true }) as Row[];
}

/** NULL is an empty field, an empty text one in quotes. */
function csv(
  rows: readonly Row[],
  order?: readonly string[],
  form: { header?: boolean; delimiter?: string } = {},
): string {
  const { header = true, delimiter = "," } = form;
  const columns = order ?? Object.keys(rows[0] ?? {});
  const field = (value: string | undefined): string => {
    if (value === undefined) return "";
    return value === "" || /["\r\n]/.test(value) || value.includes(delimiter)
      ? `"${value.replaceAll('"', '""')}"`
      : value;
  };
  const lines = rows.map((row) => columns.map((column) => field(row[column])).join(delimiter));
  return `${[...(header ? [columns.join(delimiter)] : []), ...lines].join("\n")}\n`;
}

function sample(table: string, version: string, text: string): ExportFile {
  return { tenant, table, version, name: `${table}.csv.gz`, body: gzipSync(text) };
}
