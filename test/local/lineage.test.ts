import assert from "node:assert/strict";
import { cloud } from "./cloud";
import { bucketOf, deliver, itemsOf, landingKeys } from "./data";
import { assertArrived } from "./expectations";

describe("Where items come from", () => {
  it("I1: existing buckets of one's own deliver: by notification, by EventBridge, by prefix and suffix", async () => {
    const [notified, ruled, named] = await Promise.all([
      deliver("current", "current/one.csv", "id,name\n1,a\n"),
      deliver("events", "in/one.ndjson", '{"id":"2"}\n'),
      deliver("letters", "Été 100%+/Straße & Söhne (1).csv", "id,name\n3,c\n"),
    ]);
    assertArrived(notified, [{ id: "1", name: "a" }]);
    assertArrived(ruled, [{ id: "2" }]);
    assertArrived(named, [{ id: "3", name: "c" }]);
  });

  it("I1: what another account's bucket needs is an output with this stack's names", () => {
    const text = cloud().outputs.foreignBucketPolicies.partner ?? "";
    assert.deepEqual(Object.keys(cloud().outputs.foreignBucketPolicies), ["partner"]);
    assert.match(text, /arn:aws:iam::000000000000:role\/data-pipelines-faults-ingest-collect-role/);
    assert.match(text, /arn:aws:sqs:us-east-1:000000000000:data-pipelines-faults-ingest-collect/);
    assert.match(text, /arn:aws:s3:::partner-exports/);
  });

  it("I3 I4: the landing key and every item name source, key and version of the upload record", async () => {
    const key = "orders of today/50%+ äöü.csv";
    const sent = await deliver("inbox", key, "id,name\n1,a\n2,b\n");
    const { upload, items } = sent;
    assertArrived(sent, [
      { id: "1", name: "a" },
      { id: "2", name: "b" },
    ]);
    const escaped = "orders%20of%20today/50%25%2B%20%C3%A4%C3%B6%C3%BC.csv";
    assert.deepEqual(await landingKeys("landing/inbox/orders"), [
      `landing/inbox/${escaped}/${upload.version}/part-00001.ndjson.gz`,
    ]);
    const { LastModified } = await cloud().s3.headObject({ Bucket: upload.bucket, Key: key });
    assert.deepEqual(
      items.map(({ sk, _source, _bucket, _key, _version, _time, _upload, _record }) =>
        [sk, _source, _bucket, _key, _version, _time, _upload].map((value) => value?.S).concat(_record?.N),
      ),
      [1, 2].map((record) => [
        `${upload.uploadId}#000000000${record}`,
        "inbox",
        bucketOf("inbox"),
        key,
        upload.version,
        LastModified?.toISOString(),
        upload.uploadId,
        String(record),
      ]),
    );
  });

  it("I3: the same content under another key, and again under the same key, are uploads of their own", async () => {
    const body = "id\n1\n";
    const first = await deliver("inbox", "twice/a.csv", body);
    const [again, other] = await Promise.all([
      deliver("inbox", "twice/a.csv", body),
      deliver("inbox", "twice/b.csv", body),
    ]);
    for (const each of [first, again, other]) assertArrived(each, [{ id: "1" }]);
    assert.equal(new Set([first, again, other].map(({ upload }) => upload.uploadId)).size, 3);
    assert.equal((await landingKeys("landing/inbox/twice/")).length, 3);
  });

  it("I5: a source is read by its partition keys alone; its key and mapped fields decide the items", async () => {
    const rows = Array.from({ length: 60 }, (_, i) => ({ id: `k${i}`, amount: `#${i}` }));
    const csv = `id,amount\n${rows.map(({ id, amount }) => `${id},${amount.slice(1)}\n`).join("")}`;
    const sent = await deliver("keyed", "keyed/all.csv", csv);
    assertArrived(sent, rows);
    const items = await itemsOf("keyed");
    assert.deepEqual(new Set(items.map(({ _source }) => _source?.S)), new Set(["keyed"]));
    assert.deepEqual(new Set(items.map(({ pk }) => pk?.S)), new Set(["keyed#00", "keyed#01", "keyed#02"]));
    assert.deepEqual(
      sent.items.map(({ sk }) => sk?.S),
      rows.map(({ id }) => id),
    );
  });

  it("I5: fields become the types that were asked for, and those that weren't named are dropped", async () => {
    const head = "name,amount,on,tags,other\n";
    const body = `${head}a,12345678901234567890.5,true,"[1,{""b"":null}]",x\nb,lots,true,[],x\nc,1,perhaps,[],x\nd,1,false,{,x\n`;
    assertArrived(
      await deliver("typed", "typed/1.csv", body),
      [{ name: "a", amount: "#12345678901234567890.5", isOn: true, tags: ["#1", { b: null }] }],
      [
        [2, /"amount".*"lots"/s],
        [3, /"on".*"perhaps"/s],
        [4, /"tags"/],
      ],
    );
  });
});
