import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromBuffer } from "yauzl";
import { queue } from "../../../../local/provider/aws/sqs/queue";
import { zipOf } from "../../../../local/provider/core/archive";
import { check } from "../../../../local/provider/core/check";
import { difference } from "../../../../local/provider/core/diff";
import { LocalProvider } from "../../../../local/provider/core/provider";
import { type Archive, forEngine, hasUnknown, plain, secret, unknown } from "../../../../local/provider/core/wire";

const signature = "4dabf18193072939515e22adb298388d";
const folder = "local/provider/aws";

describe("local provider", () => {
  it("S3: secrets are opened for the work and go back to the engine closed", () => {
    const given = { variables: { KEY: secret("s3cret") } };
    assert.deepEqual(plain(given), { variables: { KEY: "s3cret" } });
    assert.deepEqual(forEngine(given), given);
  });

  it("S3: an output is what it holds, unknown while it holds nothing; a resource is its id", () => {
    const output = { [signature]: "d0e6a833031e9bbcd3f4e8bde6ca49a4" };
    assert.equal(plain({ ...output, value: 3 }), 3);
    assert.ok(hasUnknown(plain({ a: [output] })));
    assert.deepEqual(forEngine({ ...output, value: "x", secret: true }), secret("x"));
    assert.equal(plain({ [signature]: "5cf8f73096256a8f31e491e813e4eb8e", urn: "u", id: "role" }), "role");
    assert.equal(plain({ [signature]: "5cf8f73096256a8f31e491e813e4eb8e", urn: "u", id: "" }), unknown);
  });

  it("S3: an input that the local cloud doesn't know is refused with its name and the folder", () => {
    const { failures } = check(queue, "q", {}, { name: "a", region: "us-east-1", fifoThroughput: "x" }, folder);
    assert.equal(failures.length, 1);
    assert.equal(failures[0]?.property, "fifoThroughput");
    assert.match(failures[0]?.reason ?? "", /aws:sqs\/queue:Queue.*fifoThroughput.*local\/provider\/aws/);
  });

  it("S3: an input of the wrong kind is refused, one not known yet isn't", () => {
    assert.match(check(queue, "q", {}, { delaySeconds: "9" }, folder).failures[0]?.reason ?? "", /expected number/);
    assert.deepEqual(check(queue, "q", {}, { delaySeconds: unknown }, folder).failures, []);
    assert.deepEqual(check(queue, "q", {}, { name: unknown, fifoQueue: true }, folder).failures, []);
    assert.match(check(queue, "q", {}, { name: "a", fifoQueue: true }, folder).failures[0]?.reason ?? "", /\.fifo/);
  });

  it("S3: a name that isn't given is made once and kept", () => {
    const made = check(queue, "q", {}, { fifoQueue: true }, folder).inputs;
    assert.match(String(made.name), /^q-[0-9a-f]{7}\.fifo$/);
    assert.equal(check(queue, "q", made, { fifoQueue: true }, folder).inputs.name, made.name);
  });

  it("S3: nothing differs when documents say the same in other words, and when outputs stand beside the inputs", () => {
    const state = { name: "a", policy: '{"a":1,"b":[2]}', tags: {}, arn: "arn", url: "url" };
    assert.deepEqual(difference(queue, state, { name: "a", policy: '{ "b": [2], "a": 1 }' }).changed, []);
  });

  it("S3: a change replaces where it must, the old one first when the name stays", () => {
    const state = { name: "a", delaySeconds: 1 };
    assert.deepEqual(difference(queue, state, { name: "a", delaySeconds: 2 }), {
      changed: ["delaySeconds"],
      replaces: [],
      deleteBeforeReplace: false,
    });
    const replaced = difference(queue, state, { name: "a", delaySeconds: 1, fifoQueue: true });
    assert.deepEqual([replaced.replaces, replaced.deleteBeforeReplace], [["fifoQueue"], true]);
    assert.equal(difference(queue, state, { name: "b", delaySeconds: 1 }).deleteBeforeReplace, false);
    assert.deepEqual(difference(queue, state, { name: unknown, delaySeconds: 1 }).replaces, ["name"]);
  });

  it("S3: an unknown type or function is an error that says where it belongs", async () => {
    const provider = new LocalProvider({ name: "aws", version: "1.0.0", folder, resources: [queue], functions: [] });
    const urn = "urn:pulumi:local::p::my:Parent$aws:ec2/vpc:Vpc::net";
    await assert.rejects(provider.check(urn, {}, {}), /aws:ec2\/vpc:Vpc.*local\/provider\/aws/);
    await assert.rejects(provider.invoke("aws:ec2/getVpc:getVpc", {}), /aws:ec2\/getVpc:getVpc.*local\/provider\/aws/);
  });

  it("S3: an archive of text, files and folders is the same zip each time", async () => {
    const place = await mkdtemp(join(tmpdir(), "archive-"));
    try {
      await writeFile(join(place, "config.json"), "{}");
      const archive: Archive = {
        archive: true,
        assets: {
          "index.mjs": { asset: true, text: "export {}" },
          nested: { archive: true, path: place },
        },
      };
      const [first, second] = [await zipOf(archive), await zipOf(archive)];
      assert.ok(first.equals(second));
      assert.deepEqual(await members(first), ["index.mjs", "nested/config.json"]);
    } finally {
      await rm(place, { recursive: true });
    }
  });
});

function members(zip: Buffer): Promise<string[]> {
  return new Promise((resolve, reject) => {
    fromBuffer(zip, (error, opened) => {
      if (error || !opened) return reject(error);
      const names: string[] = [];
      opened.on("entry", (entry: { fileName: string }) => names.push(entry.fileName));
      opened.on("end", () => resolve(names.sort()));
      opened.on("error", reject);
    });
  });
}
