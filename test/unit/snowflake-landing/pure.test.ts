import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { regionWarning } from "../../../components/snowflake-landing/cloud";
import { metadataColumns } from "../../../components/snowflake-landing/copyStatement";
import { columnNames, parseHeader, readHeader } from "../../../components/snowflake-landing/header";
import { identifierProblem, overlappingPrefixes, prefixProblem } from "../../../components/snowflake-landing/names";
import { previewFeaturesProblem } from "../../../components/snowflake-landing/providerConfig";

const csv = { delimiter: "|", quote: '"', encoding: "UTF8" };

describe("Columns from a header", () => {
  it("W4: the pipe-delimited header becomes upper-case names", () => {
    assert.deepEqual(columnNames(parseHeader('id|Home City|"a|b"\n1|2|3\n', csv)), ["ID", "HOME_CITY", "A_B"]);
  });

  it("W4: empty, doubled, leading-digit and accented names", () => {
    assert.deepEqual(columnNames(["a", "", "A", "2nd", "Straße Ü", "a_2", "--"]), [
      "A",
      "COLUMN_2",
      "A_3",
      "_2ND",
      "STRA_E_U",
      "A_2",
      "COLUMN_7",
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
    let folder: string;
    before(() => {
      folder = mkdtempSync(join(tmpdir(), "header-"));
    });
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
    const fix = previewFeaturesProblem(["other", "a"], ["a", "b"]) ?? "";
    assert.match(fix, /previewFeaturesEnabled: b\. Fix:/);
    assert.match(fix, /previewFeaturesEnabled\[2\]' other/);
    assert.equal(previewFeaturesProblem(["a", "b", "c"], ["a", "b"]), undefined);
  });
});
