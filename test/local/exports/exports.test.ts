import assert from "node:assert/strict";
import { Imports } from "./imports";

describe("Full exports through the local cloud, with IAM enforced", function () {
  this.timeout(600_000);
  let imports: Imports;
  before(async () => {
    imports = await Imports.start();
  });
  after(async () => {
    await imports?.stop();
  });

  it("D15, D7: three exports, and the target is the last one: inserts, updates, deletes, NULLs, quotes, line breaks", async () => {
    const first = await imports.importAll(
      "orders",
      "20260101_V0001",
      'id,name\n1,one\n2,"two, and ""more"""\n3,\n4,""\n',
    );
    assert.deepEqual(first.delta?.counts, { inserted: 4, updated: 0, deleted: 0, unchanged: 0 });
    assert.equal(first.published, 4);
    assert.equal(first.applied, 4);
    const second = await imports.importAll(
      "orders",
      "20260101_V0002",
      'id,name\n1,one\n2,"two\nlines"\n3,""\n5,né 日本\n',
    );
    assert.deepEqual(second.delta?.counts, { inserted: 1, updated: 2, deleted: 1, unchanged: 1 });
    const third = await imports.importAll("orders", "20260102_V0001", 'name,id\none,1\n"two\nlines",2\n,3\n');
    assert.deepEqual(third.delta?.counts, { inserted: 0, updated: 1, deleted: 1, unchanged: 2 });
    assert.deepEqual(await imports.rows("orders"), {
      1: { id: { S: "1" }, name: { S: "one" } },
      2: { id: { S: "2" }, name: { S: "two\nlines" } },
      3: { id: { S: "3" }, name: { NULL: true } },
    });
    assert.equal((await imports.head("orders"))?.version, "20260102_V0001");
    assert.equal(await imports.lockOwner("orders"), undefined);
  });

  it("D4: nothing was denied, and every call is as its service's model wants it", async () => {
    assert.deepEqual(await imports.denied(), []);
    assert.deepEqual(await imports.modelProblems(), []);
  });
});
