import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { newestStateStatement } from "../../../components/snowflake-landing/changesTable";
import { regionWarning } from "../../../components/snowflake-landing/cloud";
import { fieldColumns, metadataColumns } from "../../../components/snowflake-landing/columns";
import { type CopyExpression, copyStatement } from "../../../components/snowflake-landing/copyStatement";
import { fileFormatInputs } from "../../../components/snowflake-landing/fileFormat";
import { columnNames, parseHeader, readHeader } from "../../../components/snowflake-landing/header";
import { identifierProblem } from "../../../components/snowflake-landing/identifier";
import { jsonLines } from "../../../components/snowflake-landing/plan";
import { overlappingPrefixes, prefixProblem } from "../../../components/snowflake-landing/prefixes";
import { previewFeaturesProblem } from "../../../components/snowflake-landing/providerConfig";

const csv = { delimiter: "|", quote: '"', encoding: "UTF8" };

describe("COPY statements", () => {
  const identifier = fc.stringMatching(/^[A-Z_][A-Z0-9_$]{0,8}$/);
  const object = fc.record({ database: identifier, schema: identifier, name: identifier });
  const type = fc.constantFrom("VARCHAR", "NUMBER(38,0)", "TIMESTAMP_LTZ(9)", "VARIANT");
  const expression: fc.Arbitrary<CopyExpression> = fc.oneof(
    fc.record({ kind: fc.constant("position" as const), position: fc.integer({ min: 1, max: 999 }) }),
    fc.record({ kind: fc.constant("field" as const), field: fc.stringMatching(/^[^"\\]{1,9}$/), type }),
    fc.constantFrom<CopyExpression>(
      { kind: "record" },
      { kind: "fileName" },
      { kind: "fileRow" },
      { kind: "scanTime" },
    ),
  );
  const id = '"[A-Za-z_][A-Za-z0-9_$]*"';
  const name = `${id}\\.${id}\\.${id}`;
  const from = `(?:\\$\\d+|\\$1:"[^"]+"::[A-Z][A-Z_]*(?:\\(\\d+(?:,\\d+)?\\))?|METADATA\\$(?:FILENAME|FILE_ROW_NUMBER|START_SCAN_TIME))`;
  const grammar = new RegExp(
    `^COPY INTO ${name} \\(${id}(?:, ${id})*\\) FROM \\(SELECT ${from}(?:, ${from})* FROM @${name}\\) ` +
      `FILE_FORMAT = \\(FORMAT_NAME = '${name}'\\) ON_ERROR = (?:CONTINUE|SKIP_FILE)$`,
  );

  it("W5: every statement is of the one grammar that stands in its module", () => {
    const columns = fc.array(fc.record({ column: identifier, from: expression }), { minLength: 1, maxLength: 5 });
    const onError = fc.constantFrom("CONTINUE" as const, "SKIP_FILE" as const);
    fc.assert(
      fc.property(fc.record({ table: object, stage: object, format: object, columns, onError }), (copy) =>
        assert.match(copyStatement(copy), grammar),
      ),
    );
  });

  it("W4: JSON without columns is one VARIANT, with columns its fields as they are written", () => {
    assert.deepEqual(fieldColumns([]), [{ column: "RECORD", type: "VARIANT", from: { kind: "record" } }]);
    const [city] = fieldColumns([{ name: "CITY", type: "VARCHAR", field: "Home City" }]);
    const names = { database: "D", schema: "S", name: "T" };
    const sql = copyStatement({
      table: names,
      stage: names,
      format: names,
      columns: [city ?? assert.fail()],
      onError: "CONTINUE",
    });
    assert.match(sql, /SELECT \$1:"Home City"::VARCHAR FROM/);
  });
});

describe("Columns from a header", () => {
  it("W4: the pipe-delimited header becomes upper-case names", () => {
    assert.deepEqual(columnNames(parseHeader('id|Home City|"a|b"\n1|2|3\n', csv)), ["ID", "HOME_CITY", "A_B"]);
  });

  it("W4: empty, doubled, leading-digit and accented names", () => {
    assert.deepEqual(columnNames(["a", "", "A", "2nd", "Straße Ü", "a_2", "--"]), [
      ...["A", "COLUMN_2", "A_3", "_2ND", "STRA_E_U", "A_2", "COLUMN_7"],
    ]);
  });

  it("W4: a field with a metadata column's name gets another", () => {
    assert.deepEqual(columnNames(["_file", "x"], metadataColumns), ["_FILE_2", "X"]);
  });

  it("W4: whatever the header, names are identifiers, distinct, and as many as fields", () => {
    const field = fc.oneof(fc.string({ unit: "grapheme" }), fc.constantFrom("a", "A", "a_2", "A_3", "", "_file"));
    fc.assert(
      fc.property(fc.array(field, { maxLength: 12 }), (header) => {
        const names = columnNames(header, metadataColumns);
        assert.equal(names.length, header.length);
        assert.equal(new Set([...names, ...metadataColumns]).size, names.length + metadataColumns.length);
        for (const name of names) assert.equal(identifierProblem(name), undefined, name);
      }),
    );
  });

  describe("from files", () => {
    const folder = mkdtempSync(join(tmpdir(), "header-"));
    after(() => rmSync(folder, { recursive: true }));
    const write = (name: string, bytes: Uint8Array): string => {
      writeFileSync(join(folder, name), bytes);
      return join(folder, name);
    };

    it("W4: gzip and a byte order mark are seen through", () => {
      const file = write("a.csv.gz", gzipSync(Buffer.from("\ufeffid|city\n1|x\n")));
      assert.deepEqual(readHeader(file, csv), ["id", "city"]);
    });

    it("W4: the declared encoding counts", () => {
      const file = write("b.csv", Buffer.from("größe|b\n", "latin1"));
      assert.deepEqual(readHeader(file, { ...csv, encoding: "ISO88591" }), ["größe", "b"]);
    });

    it("W4: a file without a header is an error that says so", () => {
      assert.throws(() => readHeader(write("c.csv", Buffer.from("\n1|2\n")), csv), /first line is empty/);
      assert.throws(() => readHeader(write("d.csv", Buffer.alloc(0)), csv), /first line is empty/);
    });
  });
});

describe("File formats", () => {
  it("W3: pipe with header", () => {
    const inputs = fileFormatInputs({ ...jsonLines, format: "csv", delimiter: "|", header: true, quote: '"' });
    assert.equal(inputs.formatType, "CSV");
    assert.equal(inputs.fieldDelimiter, "|");
    assert.equal(inputs.skipHeader, 1);
    assert.equal(inputs.fieldOptionallyEnclosedBy, '"');
    assert.equal(inputs.escapeUnenclosedField, "NONE");
  });

  it("W3: JSON takes arrays apart, Parquet has no text options", () => {
    assert.equal(fileFormatInputs(jsonLines).stripOuterArray, true);
    assert.deepEqual(fileFormatInputs({ ...jsonLines, format: "parquet" }), {
      ...{ formatType: "PARQUET", compression: "AUTO", binaryAsText: true },
    });
  });
});

describe("Prefixes", () => {
  it("W6: neighbours that only look alike don't overlap", () => {
    assert.equal(overlappingPrefixes([{ prefix: "a/b/" }, { prefix: "a/bc/" }, { prefix: "b/" }]), undefined);
  });

  it("W6: found exactly when some pair overlaps", () => {
    const prefix = fc
      .array(fc.constantFrom("a", "b", "ab"), { minLength: 1, maxLength: 3 })
      .map((p) => `${p.join("/")}/`);
    fc.assert(
      fc.property(fc.array(fc.record({ prefix }), { maxLength: 8 }), (places) => {
        const expected = places.some((a, i) => places.some((b, j) => i !== j && b.prefix.startsWith(a.prefix)));
        assert.equal(overlappingPrefixes(places) !== undefined, expected);
      }),
    );
  });

  it("W6: slashes at the start or doubled, and characters with a meaning, are refused", () => {
    assert.equal(prefixProblem("landing/orders-2/v=1/"), undefined);
    for (const bad of ["", "a", "/a/", "a//b/", "a*/", "a?/", "a b/", "a'/"]) assert.ok(prefixProblem(bad), bad);
  });
});

describe("Checks beside the arguments", () => {
  it("W8: regions are compared whichever way they are written", () => {
    assert.equal(regionWarning("AWS_EU_CENTRAL_1", "eu-central-1"), undefined);
    assert.equal(regionWarning("eu-central-1", "eu-central-1"), undefined);
    assert.match(regionWarning("AWS_US_WEST_2", "eu-central-1") ?? "", /AWS_US_WEST_2.*eu-central-1/);
  });

  it("W9: what is set already stays in what to set", () => {
    const mend = previewFeaturesProblem(["other", "a"], ["a", "b"]) ?? "";
    assert.match(mend, /previewFeaturesEnabled: b\. Fix:/);
    assert.match(mend, /previewFeaturesEnabled\[2\]' other/);
    assert.equal(previewFeaturesProblem(["a", "b", "c"], ["a", "b"]), undefined);
  });

  it("W10: the view takes the last change of each item and leaves removed ones out", () => {
    assert.equal(
      newestStateStatement({ database: "D", schema: "S", name: "T_CHANGES" }),
      'SELECT "PK", "SK", "ITEM", "SEQUENCE", "AT" AS "CHANGED_AT" FROM "D"."S"."T_CHANGES" QUALIFY ROW_NUMBER() ' +
        'OVER (PARTITION BY "PK", "SK" ORDER BY "SEQUENCE" DESC, "AT" DESC) = 1 AND "OP" <> \'REMOVE\'',
    );
  });
});
