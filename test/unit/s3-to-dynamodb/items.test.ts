import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { itemKey, partitionKeys, sourceItems } from "../../../functions/s3-to-dynamodb/items";
import { ItemMaker } from "../../../functions/s3-to-dynamodb/load/marshal/item";
import { uploadOrder } from "../../../functions/s3-to-dynamodb/shared/upload";
import { problems } from "../compiler";
import { lineOf, sourceWith, uploadAt } from "./load/fakes";

const UPLOAD = uploadAt("2026-01-01T00:00:00.000Z");
const values = fc.array(fc.string({ minLength: 1, unit: fc.constantFrom("a", "7", "#", "%", "ü", "😀", " ") }), {
  minLength: 2,
  maxLength: 2,
});

/** The code of the page in a language. */
function snippet(language: "ts" | "python"): string {
  const contains = language === "ts" ? "sourceItems" : "def item_key";
  const page = readFileSync(join(__dirname, "../../../docs/s3-to-dynamodb.md"), "utf8");
  const [, code] = new RegExp(`\`\`\`${language}\\n([^\`]*?${contains}[^\`]*)\`\`\``).exec(page) ?? [];
  assert.ok(code, `docs/s3-to-dynamodb.md has no ${language} snippet`);
  return code;
}

describe("Reading items back", () => {
  it("I21: itemKey is where the load function puts the item, whatever the key's values", () => {
    const maker = new ItemMaker(sourceWith({ keyFields: ["a", "b"], shards: 4 }), UPLOAD, uploadOrder(UPLOAD, 1));
    fc.assert(
      fc.property(values, ([a = "", b = ""]) => {
        const { pk, sk } = maker.make(lineOf(UPLOAD, 1, { a, b }));
        assert.deepEqual(itemKey("orders", [a, b], 4), { pk, sk });
      }),
    );
  });

  it("I21: the page's TypeScript compiles as printed, beside the usual client", () => {
    const code = snippet("ts").replace('"pulumi-data-pipelines/items"', '"./items"');
    const folder = join(__dirname, "../../../functions/s3-to-dynamodb");
    const wrong = code.replace('["A-17", "2"]', '"A-17"');
    const sources = new Map([
      [join(folder, "page.ts"), code],
      [join(folder, "wrong.ts"), wrong],
    ]);
    assert.deepEqual([...problems(sources).keys()], [join(folder, "wrong.ts")]);
  });

  it("I21: the page's Python makes the same keys", () => {
    const drawn = fc.sample(values, 200);
    const script = `${snippet("python")}
import json, sys
print(json.dumps([item_key("orders", each, shards) for each in json.load(sys.stdin) for shards in (1, 8, 100)]))`;
    const made = JSON.parse(
      execFileSync("python3", ["-c", script], { input: JSON.stringify(drawn), encoding: "utf8" }),
    );
    assert.deepEqual(
      made,
      drawn.flatMap((each) => [1, 8, 100].map((shards) => itemKey("orders", each, shards))),
    );
  });

  it("I21: a source's items are those of all its partitions, page by page", async () => {
    const asked: string[] = [];
    const items = sourceItems(
      async ({ ExpressionAttributeValues, ExclusiveStartKey }) => {
        const pk = ExpressionAttributeValues[":pk"];
        asked.push(`${pk} ${ExclusiveStartKey?.sk ?? ""}`);
        if (pk === "orders#01" && ExclusiveStartKey === undefined) {
          return { Items: [`${pk} first`], LastEvaluatedKey: { pk, sk: "x" } };
        }
        return pk === "orders#02" ? {} : { Items: [`${pk} rest`] };
      },
      { tableName: "t", source: "orders", shards: 3 },
    );
    const read: string[] = [];
    for await (const item of items) read.push(item);
    assert.deepEqual(read, ["orders#00 rest", "orders#01 first", "orders#01 rest"]);
    assert.deepEqual(asked, ["orders#00 ", "orders#01 ", "orders#01 x", "orders#02 "]);
    assert.deepEqual(partitionKeys("s", 11).at(-1), "s#10");
  });
});
