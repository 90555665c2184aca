import { gunzipSync, gzipSync } from "node:zlib";
import type { Json } from "../../../../components/parts/asl/types";
import type { GlueTable } from "../../../../functions/export-delta-import/shared/glueTable";

type Row = Readonly<Record<string, string>>;

/**
 * Athena as far as the order of events goes: it looks at which tables a statement names and computes the same of rows
 * with one key and one more column. That the statements themselves are right is shown on DuckDB.
 */
export class MemoryAthena {
  readonly tables = new Map<string, GlueTable>();
  private readonly results = new Map<string, Json>();

  constructor(private readonly objects: Map<string, Buffer>) {}

  run(sql: string): Json {
    const id = `q${this.results.size + 1}`;
    const named = (part: string): GlueTable | undefined => {
      const name = new RegExp(`"(v\\w+_${part})"`).exec(sql)?.[1];
      if (name === undefined) return undefined;
      const table = this.tables.get(name);
      if (table === undefined) throw new Error(`there is no table ${name}`);
      return table;
    };
    const done = (rows: readonly (readonly string[])[], more: Record<string, Json> = {}): Json => {
      this.results.set(
        id,
        rows.map((row) => ({ Data: row.map((value) => ({ VarCharValue: value })) })),
      );
      return { QueryExecution: { QueryExecutionId: id, Statistics: { DataScannedInBytes: 1_000, ...more } } };
    };
    if (sql.startsWith("UNLOAD")) {
      const place = /TO 's3:\/\/work\/([^']+)'/.exec(sql)?.[1] ?? "";
      const manifest = `athena/${id}-manifest.csv`;
      this.objects.set(manifest, Buffer.from(this.unload(place, named("new"), named("old"))));
      return done([], { DataManifestLocation: `s3://work/${manifest}` });
    }
    if (sql.includes('"duplicate_keys"')) {
      const rows = this.rows(named("new"));
      const keys = new Set(rows.map(({ c1 }) => c1));
      const duplicates = rows.length - keys.size;
      return done([
        ["rows", "duplicate_keys", "null_rows"],
        [String(rows.length), String(duplicates), "0"],
      ]);
    }
    if (sql.includes('GROUP BY "op"')) {
      const operations = this.rows(named("delta"));
      const counts = ["INSERT", "UPDATE", "DELETE"].map((op) => [
        op,
        String(operations.filter((row) => row.op === op).length),
      ]);
      return done([["op", "n"], ...counts.filter(([, count]) => count !== "0")]);
    }
    throw new Error(`not known here: ${sql}`);
  }

  result(id: string): Json {
    return { ResultSet: { Rows: this.results.get(id) ?? null } };
  }

  private rows(table: GlueTable | undefined): Row[] {
    const prefix = table?.StorageDescriptor.Location.replace("s3://work/", "") ?? "nowhere";
    return [...this.objects]
      .filter(([key]) => key.startsWith(prefix))
      .flatMap(([, body]) => gunzipSync(body).toString().split("\n"))
      .filter((line) => line !== "")
      .map((line): Row => {
        if (line.startsWith("{")) return JSON.parse(line) as Row;
        const [c1 = "", c2 = ""] = line.split(",");
        return { c1, c2 };
      });
  }

  /** Two files, so that publishers are several. */
  private unload(place: string, newer: GlueTable | undefined, older: GlueTable | undefined): string {
    if ([...this.objects.keys()].some((key) => key.startsWith(place)))
      throw new Error(`HIVE_PATH_ALREADY_EXISTS ${place}`);
    const before = new Map(older === undefined ? [] : this.rows(older).map(({ c1, c2 }) => [c1, c2]));
    const after = new Map(this.rows(newer).map(({ c1, c2 }) => [c1, c2]));
    const operations = [
      ...[...after].filter(([key]) => !before.has(key)).map(([k1, c1]) => ({ op: "INSERT", k1, c1 })),
      ...[...after]
        .filter(([key, value]) => before.has(key) && before.get(key) !== value)
        .map(([k1, c1]) => ({ op: "UPDATE", k1, c1 })),
      ...[...before].filter(([key]) => !after.has(key)).map(([k1]) => ({ op: "DELETE", k1 })),
    ];
    const files = [0, 1].map((half) => operations.filter((_, i) => i % 2 === half)).filter((file) => file.length > 0);
    return files
      .map((file, i) => {
        const key = `${place}${i}.json.gz`;
        this.objects.set(key, gzipSync(file.map((each) => `${JSON.stringify(each)}\n`).join("")));
        return `s3://work/${key}\n`;
      })
      .join("");
  }
}
