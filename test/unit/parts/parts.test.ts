import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { findOverlap, overlap } from "../../../components/parts/bucketTargets";
import { bundleOf, makeBundle } from "../../../components/parts/bundle";
import { componentOptions } from "../../../components/parts/component";
import { componentTags } from "../../../components/parts/context";
import { functionEnvironment } from "../../../components/parts/functionEnvironment";
import { packStatements } from "../../../components/parts/grants";
import { fitName } from "../../../components/parts/naming";
import { tlsOnly } from "../../../components/parts/policyDocument";
import { BucketNotifications } from "../../../index";
import { at, resolved, runMocked } from "../mocks";

const queueArn = "arn:aws:sqs:us-east-1:000000000000:q";
const target = (name: string, prefix = "", suffix = "") => ({ name, queueArn, prefix, suffix });
const filter = (prefix: string, suffix: string, events = ["s3:ObjectCreated:*"]) => ({
  name: "x",
  events,
  prefix,
  suffix,
});

describe("names", () => {
  it("S4: names are what AWS takes, whatever they are made of, and two never become one", () => {
    const kinds = [
      ["bucket", /^[a-z0-9-]{1,63}$/],
      ["fifoQueue", /^[\w-]{1,75}\.fifo$/],
      ["function", /^[\w-]{1,64}$/],
    ] as const;
    for (const [kind, pattern] of kinds) {
      fc.assert(
        fc.property(
          fc.stringMatching(/^[a-zA-Z0-9._-]{3,120}$/),
          fc.stringMatching(/^[a-zA-Z0-9._-]{3,120}$/),
          (a, b) => {
            assert.match(fitName(a, kind), pattern);
            if (a !== b) assert.notEqual(fitName(a, kind), fitName(b, kind));
          },
        ),
      );
    }
    assert.equal(fitName("p-dev-ingest-landing", "bucket"), "p-dev-ingest-landing");
  });

  it("S4: a child whose name doesn't begin with its component's is refused", async () => {
    class Loose extends pulumi.ComponentResource {
      constructor(name: string) {
        super("test:index:Loose", name, {}, componentOptions("test:index:Loose", name, undefined));
        new pulumi.ComponentResource("test:index:Child", "other", {}, { parent: this });
      }
    }
    await assert.rejects(
      runMocked(() => new Loose("mine")),
      /begin its name with "mine-"/,
    );
  });

  it("S1: tags tell where a resource comes from; the user's own win; AWS's limits are told", async () => {
    await runMocked(() => {
      assert.deepEqual(componentTags("C", "ingest", { Stack: "mine" }), {
        Project: "data-pipelines",
        Stack: "mine",
        Component: "ingest",
        ManagedBy: "pulumi",
      });
      assert.throws(() => componentTags("C", "x", { k: "v".repeat(257) }), /at most 256/);
    });
  });
});

describe("bucket notifications", () => {
  it("W5: S3's rule for overlaps looks at prefix, suffix and event", () => {
    assert.ok(overlap(filter("a/", ""), filter("a/b/", ".csv")));
    assert.ok(!overlap(filter("a/", ""), filter("b/", "")));
    assert.ok(!overlap(filter("a/", ".csv"), filter("a/", ".json")));
    assert.ok(overlap(filter("", "csv"), filter("", ".csv")));
    assert.ok(overlap(filter("", "", ["s3:ObjectCreated:*"]), filter("", "", ["s3:ObjectCreated:Put"])));
    assert.ok(!overlap(filter("", "", ["s3:ObjectRemoved:*"]), filter("", "", ["s3:ObjectCreated:Put"])));
  });

  it("W5: the fast search finds an overlap exactly where comparing every pair does", () => {
    const text = fc.stringMatching(/^[ab/]{0,3}$/);
    fc.assert(
      fc.property(fc.array(fc.record({ prefix: text, suffix: text }), { maxLength: 8 }), (filters) => {
        const targets = filters.map(({ prefix, suffix }) => filter(prefix, suffix));
        const slow = targets.some((a, i) => targets.some((b, j) => i < j && overlap(a, b)));
        assert.equal(findOverlap(targets) !== undefined, slow);
      }),
    );
  });

  it("W6: overlapping targets fail and both are named", async () => {
    await assert.rejects(
      runMocked(() => new BucketNotifications("n", { bucket: "b", targets: [target("all"), target("some", "in/")] })),
      /all \(\*\) and some \(in\/\*\)/,
    );
  });

  it("W5: a target without exactly one ARN, and a configuration without targets, fail", async () => {
    await assert.rejects(
      runMocked(() => new BucketNotifications("n", { bucket: "b", targets: [{ name: "t" }] })),
      /exactly one/,
    );
    await assert.rejects(
      runMocked(() => new BucketNotifications("n", { bucket: "b" })),
      /at least one target/,
    );
  });

  for (const [what, bucket] of [
    ["a plain name", () => "b"],
    ["an output", () => pulumi.output("b")],
  ] as const) {
    it(`W5: two owners of one bucket fail, both named, with the fix (${what})`, async () => {
      const program = () => {
        for (const name of ["one", "two"]) new BucketNotifications(name, { bucket: bucket(), targets: [target("q")] });
      };
      await assert.rejects(runMocked(program), /"one" sets .*"two".*Pass the targets of both/s);
    });
  }

  it("W5: the next program in the same process may own the same bucket", async () => {
    for (const preview of [true, false]) {
      await runMocked(() => new BucketNotifications("n", { bucket: "b", targets: [target("q")] }), { preview });
    }
  });

  it("W5: a function may be invoked by this bucket of this account alone", async () => {
    const functionArn = "arn:aws:lambda:us-east-1:000000000000:function:f";
    const run = await runMocked(
      () => new BucketNotifications("n", { bucket: "b", targets: [{ name: "f", functionArn }] }),
    );
    const [permission] = run.ofType("aws:lambda/permission:Permission");
    assert.equal(at(permission ?? assert.fail(), "sourceArn"), "arn:aws:s3:::b");
    assert.equal(at(permission ?? assert.fail(), "sourceAccount"), "000000000000");
  });
});

describe("functions", () => {
  it("I2: unchanged code gives an unchanged bundle", () => {
    const first = bundleOf("s3-to-dynamodb/load");
    const { code, map } = makeBundle("s3-to-dynamodb/load");
    assert.deepEqual([readFileSync(first.code, "utf8"), readFileSync(first.map, "utf8")], [code, map]);
    assert.ok(first.code.length < 800 * 1024, `${first.code.length} bytes`);
    assert.throws(() => bundleOf("nowhere"), /neither handler\.ts nor bundle/);
  });

  it("P30: a secret in a function's environment is refused by name and by value", async () => {
    assert.throws(() => functionEnvironment("C", { API_TOKEN: "x" }), /Secrets Manager/);
    assert.doesNotThrow(() => functionEnvironment("C", { TOKEN_TABLE: "x", SECRET_ARN: "y" }));
    await assert.rejects(
      runMocked(() => functionEnvironment("C", { URL: pulumi.secret("https://u:p@host") })),
      /environment\.URL is "a secret"/,
    );
    await runMocked(async () => {
      const { COUNT } = functionEnvironment<{ COUNT: "integer" }>("C", { COUNT: 3 });
      assert.equal(await resolved(COUNT ?? ""), "3");
    });
  });

  it("W8: a policy refuses plain HTTP in words that its service takes: a topic's none with sns:*", () => {
    const statements = (["s3", "sqs", "sns"] as const).map((service) => tlsOnly(service, ["arn"]));
    assert.deepEqual(
      statements.map(({ Action }) => Action),
      ["s3:*", "sqs:*", "sns:Publish"],
    );
    for (const { Effect, Principal, Condition } of statements) {
      assert.deepEqual([Effect, Principal, Condition], ["Deny", "*", { Bool: { "aws:SecureTransport": "false" } }]);
    }
  });

  it("I1: statements that don't fit inline go to managed policies, in order, none lost", () => {
    const statements = Array.from({ length: 60 }, (_, i) => ({
      statement: {
        why: "reads",
        Sid: `S${i}`,
        Effect: "Allow" as const,
        Action: "s3:GetObject",
        Resource: "x".repeat(800),
      },
      size: 900,
    }));
    const { inline, managed } = packStatements(statements);
    assert.deepEqual(
      [inline, ...managed].flat(),
      statements.map(({ statement }) => statement),
    );
    assert.ok(JSON.stringify(inline).length <= 10_240);
    for (const document of managed) assert.ok(JSON.stringify(document).length <= 6_144);
  });
});
