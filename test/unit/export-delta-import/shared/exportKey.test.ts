import assert from "node:assert/strict";
import fc from "fast-check";
import { type KeyRules, parseExportKey, tableId } from "../../../../functions/export-delta-import/shared/exportKey";
import { VERSION_ORDERS, versionOrder } from "../../../../functions/export-delta-import/shared/versionOrder";
import { parseCollectMessage } from "../../../../functions/s3-to-dynamodb/collect/events";

const rules: KeyRules = { prefix: "", versionOrder: "date-and-number", manifestName: "" };

function reasonOf(key: string, own: Partial<KeyRules> = {}): string {
  const parsed = parseExportKey(key, { ...rules, ...own });
  return parsed !== undefined && "reason" in parsed ? parsed.reason : `not refused: ${JSON.stringify(parsed)}`;
}

describe("export-delta-import: keys", () => {
  it("D1: a key says tenant, table, version and file", () => {
    assert.deepEqual(parseExportKey("tenant/test_table/20201230_V0001/export1.csv.gz", rules), {
      tenant: "tenant",
      table: "test_table",
      version: "20201230_V0001",
      file: "export1.csv.gz",
      order: "20201230_V000000000001",
    });
    const named = parseExportKey("in/a/b/7/it's ; 1+1.GZ", { ...rules, prefix: "in/", versionOrder: "number" });
    assert.deepEqual(named, {
      tenant: "a",
      table: "b",
      version: "7",
      file: "it's ; 1+1.GZ",
      order: "000000000000000007",
    });
  });

  it("D1: keys of S3's notifications are decoded, EventBridge's are taken as they are", () => {
    const key = "t/b/20201230_V0001/a+b ü.gz";
    const encoded = "t/b/20201230_V0001/a%2Bb+%C3%BC.gz";
    const object = { key: encoded, eTag: "e", size: 1 };
    const notification = { Records: [{ eventName: "ObjectCreated:Put", s3: { bucket: { name: "x" }, object } }] };
    const event = {
      source: "aws.s3",
      "detail-type": "Object Created",
      detail: { bucket: { name: "x" }, object: { key } },
    };
    for (const body of [notification, event]) {
      const [found] = parseCollectMessage(JSON.stringify(body)).objects;
      const parsed = parseExportKey(found?.key ?? "", rules);
      assert.equal(parsed !== undefined && "file" in parsed ? parsed.file : "", "a+b ü.gz");
    }
  });

  it("D1: anything else is refused, and the reason says what was expected", () => {
    assert.match(reasonOf("t/b/20201230_V0001"), /3 parts, expected TENANT\/TABLE\/EXPORT_VERSION\/FILENAME\.gz/);
    assert.match(reasonOf("in/t/b/20201230_V0001/c/d.gz", { prefix: "in/" }), /5 parts, expected in\/TENANT/);
    assert.match(reasonOf("t//20201230_V0001/d.gz"), /one of them empty/);
    assert.match(reasonOf("a'; DROP/b/20201230_V0001/d.gz"), /the tenant is "a'; DROP", expected 1 to 64 letters/);
    assert.match(reasonOf("t/b#c/20201230_V0001/d.gz"), /the table is "b#c"/);
    assert.match(reasonOf("t/../20201230_V0001/d.gz"), /the table is "\.\."/);
    assert.match(reasonOf("t/b/20201332_V0001/d.gz"), /the version is "20201332_V0001", expected a date and a number/);
    assert.match(
      reasonOf("t/b/20201230_V0001/d.csv"),
      /the file is called "d\.csv", expected a name that ends with \.gz/,
    );
    assert.match(reasonOf("t/b/20201230_V0001/d\u001b[2J.gz"), /"d\\u001b\[2J\.gz" has control characters/);
    assert.match(reasonOf(`${"x".repeat(65)}/b/20201230_V0001/d.gz`), /the tenant is "x{65}"/);
  });

  it("D1: folders and keys outside the prefix aren't meant as exports; a manifest's name needs no ending", () => {
    assert.equal(parseExportKey("t/b/20201230_V0001/", rules), undefined);
    assert.equal(parseExportKey("other/t/b/20201230_V0001/d.gz", { ...rules, prefix: "in/" }), undefined);
    const manifest = parseExportKey("t/b/20201230_V0001/_done.json", { ...rules, manifestName: "_done.json" });
    assert.ok(manifest !== undefined && "file" in manifest);
  });

  it("D1: whatever a key is, it is refused or comes out whole, and never becomes the table of others", () => {
    const hostile = fc.string({ unit: fc.constantFrom("a", "0", "_", "-", ".", "#", "'", '"', "%", "/", "ü", "\n") });
    const sound = fc.string({ unit: fc.constantFrom("a", "Z", "0", "_"), minLength: 1 });
    const part = fc.oneof(sound, hostile);
    const key = fc
      .tuple(part, part, fc.constantFrom("20201230_V0001", "x"), part)
      .map((parts) => `${parts.slice(0, 3).join("/")}/${parts[3]}.gz`);
    const seen = new Map<string, string>();
    fc.assert(
      fc.property(key, (text) => {
        const parsed = parseExportKey(text, rules);
        if (parsed === undefined || "reason" in parsed) return;
        const { tenant, table, version, file } = parsed;
        assert.equal([tenant, table, version, file].join("/"), text);
        const id = tableId(parsed);
        assert.equal(seen.get(id) ?? `${tenant}/${table}`, `${tenant}/${table}`);
        seen.set(id, `${tenant}/${table}`);
        assert.doesNotMatch(tenant + table, /[#'"%\s/]/);
      }),
      { numRuns: 2_000 },
    );
    assert.ok(seen.size > 5);
  });
});

describe("export-delta-import: order of versions", () => {
  const inOrder = {
    "date-and-number": ["19991231_V9", "20201230_V0001", "20201230_V2", "20201230_V10", "20201231_V0001"],
    number: ["0", "7", "0010", "11", "1609459200000"],
    timestamp: ["2020-12-30", "20201230T101500Z", "2020-12-30T10:15:01Z", "2020-12-30T10:15:00-02:00", "20201231"],
    text: ["2020-w01", "2020-w02", "A", "a", "b.1"],
  } as const;

  for (const order of VERSION_ORDERS) {
    it(`D4: versions of the order ${order} follow each other`, () => {
      const orders = inOrder[order].map((version) => versionOrder(version, order));
      assert.ok(orders.every((each) => each !== undefined));
      assert.deepEqual([...orders].sort(), orders);
      assert.equal(new Set(orders).size, orders.length);
    });
  }

  it("D4: one version written in two ways is one version", () => {
    assert.equal(versionOrder("20201230_V1", "date-and-number"), versionOrder("20201230_V0001", "date-and-number"));
    assert.equal(versionOrder("7", "number"), versionOrder("007", "number"));
    assert.equal(versionOrder("2020-12-30", "timestamp"), versionOrder("20201230T000000Z", "timestamp"));
  });

  it("D4: what hasn't the form has no order", () => {
    for (const version of ["", "2020123_V1", "20210229_V1", "20201230_V", "20201230_V1 ", "20201230-1"]) {
      assert.equal(versionOrder(version, "date-and-number"), undefined, version);
    }
    for (const version of ["-1", "1.5", "1234567890123456789"])
      assert.equal(versionOrder(version, "number"), undefined);
    for (const version of ["2020-13-01", "2020-12-30T25:00:00Z", "today"]) {
      assert.equal(versionOrder(version, "timestamp"), undefined, version);
    }
    for (const version of ["a/b", "a b", "a'b", "x".repeat(129)])
      assert.equal(versionOrder(version, "text"), undefined);
  });
});
