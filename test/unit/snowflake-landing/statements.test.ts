/** The SQL that a landing has Snowflake run. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { mergeStatements, newestStateStatement } from "../../../components/snowflake-landing/changesTable";
import {
  type CopyExpression,
  copyStatement,
  fieldColumns,
  type LoadedColumn,
  positionColumns,
  withMetadata,
} from "../../../components/snowflake-landing/copyStatement";
import { type FileFormatSpec, fileFormatInputs } from "../../../components/snowflake-landing/fileFormat";
import { jsonLines } from "../../../components/snowflake-landing/plan";
import { block, loadBlock, watchBlock } from "../../../components/snowflake-landing/tasks";

const named = (name: string) => ({ database: "D", schema: "S", name });
const table = named("T");
const places = { table, stage: named("T_STAGE"), format: named("T_FORMAT"), onError: "SKIP_FILE" as const };

describe("COPY statements", () => {
  const identifier = fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,8}$/);
  const object = fc.record({ database: identifier, schema: identifier, name: identifier });
  const type = fc.constantFrom("VARCHAR", "NUMBER(38,0)", "TIMESTAMP_LTZ(9)", "VARIANT");
  const text = fc.string({ unit: fc.constantFrom("a", "'", "\\", "N", " ", ")"), minLength: 1, maxLength: 5 });
  const expression: fc.Arbitrary<CopyExpression> = fc.oneof(
    fc.record({
      kind: fc.constant("position" as const),
      position: fc.integer({ min: 1, max: 999 }),
      nullValues: fc.array(text, { maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant("field" as const), field: fc.stringMatching(/^[^"\\]{1,9}$/) }),
    fc.constantFrom<CopyExpression>(
      { kind: "record" },
      { kind: "fileName" },
      { kind: "fileRow" },
      { kind: "scanTime" },
    ),
  );
  const column: fc.Arbitrary<LoadedColumn> = fc.record({
    column: identifier,
    type,
    from: expression,
    required: fc.boolean(),
  });
  const id = '"[A-Za-z_][A-Za-z0-9_$]*"';
  const name = `${id}\\.${id}\\.${id}`;
  const sqlType = "[A-Z][A-Z_]*(?:\\(\\d+(?:,\\d+)?\\))?";
  const literal = "'(?:[^'\\\\]|''|\\\\\\\\)*'";
  const field = `\\(CASE \\$\\d+(?: WHEN ${literal} THEN NULL)* ELSE \\$\\d+ END\\)`;
  const mistake = (what: string) =>
    `\\('record ' \\|\\| METADATA\\$FILE_ROW_NUMBER::VARCHAR \\|\\| ' has ${what} than \\d+ fields'\\)::NUMBER\\(38,0\\)`;
  const row = `CASE WHEN \\$\\d+ IS NOT NULL THEN ${mistake("more")} WHEN \\$\\d+ IS NULL THEN ${mistake("fewer")} ELSE METADATA\\$FILE_ROW_NUMBER END`;
  const metadata = "METADATA\\$(?:FILENAME|FILE_ROW_NUMBER|START_SCAN_TIME)";
  const from = `(?:PARSE_JSON\\(${field}\\)|${field}(?:::${sqlType})?|\\$1:"[^"]+"::${sqlType}|\\$1|${row}|${metadata})`;
  const positions = ` \\(${id}(?:, ${id})*\\) FROM \\(SELECT ${from}(?:, ${from})* FROM @${name}\\)`;
  const format = ` FILE_FORMAT = \\(FORMAT_NAME = '${name}'\\)`;
  const included = ` MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE INCLUDE_METADATA = \\(_[A-Z_]+ = ${metadata}(?:, _[A-Z_]+ = ${metadata})*\\)`;
  const grammar = new RegExp(
    `^COPY INTO ${name}(?:${positions}${format}| FROM @${name}${format}${included}) ON_ERROR = (?:CONTINUE|SKIP_FILE)$`,
  );

  it("W5: every statement is of the one grammar that stands in its module", () => {
    const columns = fc.array(column, { minLength: 1, maxLength: 5 });
    const onError = fc.constantFrom("CONTINUE" as const, "SKIP_FILE" as const);
    const fields = fc.option(fc.integer({ min: 1, max: 99 }), { nil: undefined });
    const matchBy = fc.constantFrom("position" as const, "name" as const);
    fc.assert(
      fc.property(
        fc.record({ table: object, stage: object, format: object, columns, onError, fields, matchBy }),
        (copy) => assert.match(copyStatement({ ...copy, columns: withMetadata(copy.columns) }), grammar),
      ),
    );
  });

  it("W4: JSON without columns is one VARIANT, with columns its fields as they are written", () => {
    assert.deepEqual(fieldColumns([]), [
      { column: "RECORD", type: "VARIANT", from: { kind: "record" }, required: false },
    ]);
    const columns = fieldColumns([{ name: "CITY", type: "VARCHAR", field: "Home City" }]);
    const sql = copyStatement({ ...places, columns, matchBy: "position" });
    assert.match(sql, /SELECT \$1:"Home City"::VARCHAR FROM/);
  });

  const csv = withMetadata(
    positionColumns(
      [
        { name: "ID", type: "NUMBER(38,0)" },
        { name: "CITY", type: "VARCHAR" },
        { name: "TAGS", type: "VARIANT" },
      ],
      ["N/A", "\\N", "it's"],
    ),
  );

  it("W15: a record with more or fewer fields than columns makes an error, which Snowflake itself wouldn't", () => {
    const row = (sql: string): string =>
      /(CASE WHEN \$\d+ IS NOT NULL.*END), METADATA\$START_SCAN_TIME/.exec(sql)?.[1] ?? "";
    const exact = row(copyStatement({ ...places, columns: csv, matchBy: "position", fields: 3 }));
    assert.match(
      exact,
      /^CASE WHEN \$4 IS NOT NULL THEN \(.* has more than 3 fields'\)::NUMBER\(38,0\) WHEN \$3 IS NULL THEN \(.* has fewer than 3 fields'\)::NUMBER\(38,0\) ELSE METADATA\$FILE_ROW_NUMBER END$/,
    );
    assert.equal(row(copyStatement({ ...places, columns: csv, matchBy: "position" })), "");
  });

  it("W15: an empty field and the texts for NULL become NULL in the statement; JSON in a field is parsed", () => {
    const sql = copyStatement({ ...places, columns: csv, matchBy: "position", fields: 3 });
    const nulls = "WHEN '' THEN NULL WHEN 'N/A' THEN NULL WHEN '\\\\N' THEN NULL WHEN 'it''s' THEN NULL";
    assert.ok(sql.includes(`(CASE $1 ${nulls} ELSE $1 END)::NUMBER(38,0), (CASE $2 ${nulls} ELSE $2 END), `), sql);
    assert.ok(sql.includes(`PARSE_JSON((CASE $3 ${nulls} ELSE $3 END))`), sql);
  });

  it("W15: by name, the header says which column a field is, and the metadata columns are added", () => {
    assert.equal(
      copyStatement({ ...places, columns: csv, matchBy: "name" }),
      'COPY INTO "D"."S"."T" FROM @"D"."S"."T_STAGE" FILE_FORMAT = (FORMAT_NAME = \'"D"."S"."T_FORMAT"\') ' +
        "MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE INCLUDE_METADATA = (_FILE = METADATA$FILENAME, " +
        "_FILE_ROW = METADATA$FILE_ROW_NUMBER, _LOADED_AT = METADATA$START_SCAN_TIME) ON_ERROR = SKIP_FILE",
    );
  });
});

describe("File formats", () => {
  const csv: FileFormatSpec = { ...jsonLines, format: "csv", delimiter: "|", header: true, quote: '"' };

  it("W3: pipe with header, each field as it is", () => {
    const inputs = fileFormatInputs(csv);
    assert.equal(inputs.formatType, "CSV");
    assert.equal(inputs.fieldDelimiter, "|");
    assert.deepEqual([inputs.skipHeader, inputs.parseHeader], [1, false]);
    assert.equal(inputs.fieldOptionallyEnclosedBy, '"');
    assert.equal(inputs.escapeUnenclosedField, "NONE");
    assert.equal(inputs.emptyFieldAsNull, false);
  });

  it("W15: by name the header is parsed and not skipped: Snowflake takes one of the two", () => {
    const inputs = fileFormatInputs({ ...csv, matchBy: "name" });
    assert.deepEqual([inputs.skipHeader, inputs.parseHeader], [0, true]);
    assert.equal(inputs.emptyFieldAsNull, true);
    assert.equal(inputs.errorOnColumnCountMismatch, false);
  });

  it("W15: no format leaves the list of NULL texts empty, for which the provider would send Snowflake's own, \\N", () => {
    for (const format of ["csv", "json", "parquet"] as const) {
      for (const matchBy of ["position", "name"] as const) {
        const { nullIfs } = fileFormatInputs({ ...csv, format, matchBy });
        assert.deepEqual(nullIfs, ["<no text stands for NULL>"]);
      }
    }
    assert.deepEqual(fileFormatInputs({ ...csv, matchBy: "name", nullValues: ["NULL"] }).nullIfs, ["NULL"]);
    assert.deepEqual(fileFormatInputs({ ...jsonLines, nullValues: ["NULL"] }).nullIfs, ["NULL"]);
  });

  it("W3: JSON takes arrays apart, Parquet has no text options", () => {
    assert.equal(fileFormatInputs(jsonLines).stripOuterArray, true);
    assert.deepEqual(Object.keys(fileFormatInputs({ ...jsonLines, format: "parquet" })).sort(), [
      "binaryAsText",
      "compression",
      "formatType",
      "nullIfs",
    ]);
  });
});

describe("Blocks of tasks", () => {
  it("W15: a load looks at what became of each file and fails with the names of those with errors", () => {
    const sql = loadBlock("COPY …");
    assert.match(sql, /^EXECUTE IMMEDIATE \$\$ BEGIN COPY …; LET loaded VARCHAR := SQLID; LET refused VARCHAR := /);
    assert.match(
      sql,
      /RESULT_SCAN\(:loaded\).* IN \('LOAD_FAILED', 'PARTIALLY_LOADED'\)\); IF \(refused <> ''\) THEN SELECT/,
    );
    assert.match(sql, /::NUMBER\(38,0\); END IF; END; \$\$$/);
  });

  it("W15: the watch over a pipe looks back a little further than it waits", () => {
    assert.match(
      watchBlock(table, 90),
      /TABLE\("D"\.INFORMATION_SCHEMA\.COPY_HISTORY\(TABLE_NAME => '"D"\."S"\."T"', START_TIME => DATEADD\(MINUTE, -90, /,
    );
  });

  it("W7: no text of ours ends a block before its end", () => {
    const inside = (sql: string): string => sql.slice("EXECUTE IMMEDIATE $$".length, -"$$".length);
    assert.ok(!inside(loadBlock("COPY …")).includes("$$"));
    assert.ok(!inside(block(mergeStatements(table, named("T_CURRENT"), true, 90))).includes("$$"));
  });
});

describe("The newest state of a DynamoDB table", () => {
  const current = named("T_CURRENT");
  const last =
    'WHERE "_LOADED_AT" >= (SELECT COALESCE(DATEADD(DAY, -1, MAX("_LOADED_AT")), \'1970-01-01\'::TIMESTAMP_LTZ) FROM "D"."S"."T_CURRENT")';

  it("W10, W17: the view takes the last change of each item from the current table and what isn't merged, without removed ones", () => {
    assert.equal(
      newestStateStatement(table, current),
      'SELECT "PK", "SK", "ITEM", "SEQUENCE", "AT" AS "CHANGED_AT" FROM (SELECT "OP", "PK", "SK", "SEQUENCE", "AT", "ITEM" ' +
        'FROM "D"."S"."T_CURRENT" UNION ALL SELECT "OP", "PK", "SK", "SEQUENCE", "AT", "ITEM" FROM "D"."S"."T" ' +
        `${last}) QUALIFY ROW_NUMBER() OVER (PARTITION BY "PK", "SK" ORDER BY "SEQUENCE" DESC, "AT" DESC) = 1 AND "OP" <> 'REMOVE'`,
    );
  });

  it("W17: what is merged and older than the days goes; what isn't old stays", () => {
    const [merge = "", ...deletes] = mergeStatements(table, current, true, 30);
    assert.ok(merge.includes(last));
    assert.match(merge, /ON kept\."PK" = change\."PK" AND kept\."SK" = change\."SK" WHEN MATCHED AND/);
    assert.deepEqual(deletes, [
      'DELETE FROM "D"."S"."T" WHERE "_LOADED_AT" < DATEADD(DAY, -30, CURRENT_TIMESTAMP())',
      'DELETE FROM "D"."S"."T_CURRENT" AS kept WHERE "OP" = \'REMOVE\' AND "_LOADED_AT" < DATEADD(DAY, -60, CURRENT_TIMESTAMP()) ' +
        'AND NOT EXISTS (SELECT 1 FROM "D"."S"."T" AS change WHERE kept."PK" = change."PK" AND kept."SK" = change."SK")',
    ]);
  });

  it("W17: without a sort key rows are matched by the partition key alone: NULL equals nothing", () => {
    assert.match(mergeStatements(table, current, false, 30)[0] ?? "", /ON kept\."PK" = change\."PK" WHEN MATCHED/);
  });
});
