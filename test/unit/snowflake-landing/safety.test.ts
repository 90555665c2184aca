/** What keeps a landing from losing data, from failing half-way, and from being refused by the cloud it runs in. */
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { droppedColumnsProblem } from "../../../components/snowflake-landing/keepColumns";
import { tableNames } from "../../../components/snowflake-landing/plan";
import { signInProblem } from "../../../components/snowflake-landing/providerConfig";
import { SnowflakeLanding, type SnowflakeLandingArgs } from "../../../components/snowflake-landing/snowflakeLanding";
import { at, mockAccount, resolved, runMocked } from "../mocks";
import { base, only, orders, providerConfig, rejects, run, statements } from "./harness";

describe("SnowflakeLanding's provider", () => {
  const settings = {
    organizationName: "acme",
    accountName: "prod",
    user: "PULUMI",
    role: "DEPLOYER",
    authenticator: "SNOWFLAKE_JWT",
    privateKey: "key",
  };
  const problem = (given: Record<string, string>) => signInProblem((key) => given[key] ?? "");

  it("W11: key pair, authenticator and role are all that it takes to sign in", () => {
    assert.equal(problem(settings), undefined);
    assert.equal(problem({ ...settings, authenticator: "snowflake_jwt" }), undefined);
  });

  it("W11: a private key without the authenticator is told, with the command that sets it", () => {
    for (const authenticator of ["", "SNOWFLAKE"]) {
      const told = problem({ ...settings, authenticator }) ?? "";
      assert.match(told, /authenticator isn't SNOWFLAKE_JWT/);
      assert.match(told, /pulumi config set snowflake:authenticator SNOWFLAKE_JWT/);
      assert.doesNotMatch(told, /config set.*snowflake:(role|user|privateKey)/);
    }
  });

  it("W11: the authenticator without a key, and no role, are told with their commands", () => {
    assert.match(problem({ ...settings, privateKey: "" }) ?? "", /config set --secret snowflake:privateKey < /);
    assert.match(problem({ ...settings, role: "" }) ?? "", /config set snowflake:role /);
    assert.match(problem({ ...settings, password: "secret" }) ?? "", /config rm snowflake:password/);
  });

  it("W11: other ways to sign in aren't asked for a key; a profile's file holds everything", () => {
    assert.equal(problem({ ...settings, authenticator: "", privateKey: "", password: "secret" }), undefined);
    assert.equal(problem({ ...settings, authenticator: "EXTERNALBROWSER", privateKey: "" }), undefined);
    assert.equal(problem({ profile: "deploy" }), undefined);
    assert.match(problem({ authenticator: "OAUTH" }) ?? "", /snowflake:organizationName.*snowflake:role/s);
  });

  it("W11: a component says so before it makes anything, and a key in the environment counts", async () => {
    const without = { ...providerConfig, "snowflake:privateKey": "" };
    const program = () => {
      pulumi.runtime.setAllConfig(without);
      return new SnowflakeLanding("sales", base);
    };
    await assert.rejects(runMocked(program), /SnowflakeLanding "sales": .*snowflake:privateKey isn't set/);
    const before = process.env.SNOWFLAKE_PRIVATE_KEY;
    process.env.SNOWFLAKE_PRIVATE_KEY = "key";
    try {
      only(await runMocked(program), "snowflake:index/storageIntegration:StorageIntegration");
    } finally {
      if (before === undefined) delete process.env.SNOWFLAKE_PRIVATE_KEY;
      else process.env.SNOWFLAKE_PRIVATE_KEY = before;
    }
  });

  it("W11: no message of a missing setting holds a value", () => {
    const told = problem({ ...settings, role: "", privateKey: "the-private-key" }) ?? "";
    assert.ok(told !== "" && !told.includes("the-private-key"));
  });
});

describe("SnowflakeLanding's grants on what isn't its own", () => {
  const grantType = "snowflake:index/grantPrivilegesToAccountRole:GrantPrivilegesToAccountRole";
  const grants = (done: Awaited<ReturnType<typeof run>>) => done.ofType(grantType).map(({ name }) => name);

  it("W12: grantUsage false leaves USAGE on database and schema to their owner, with the statements for it", async () => {
    const [all, own] = [await run(base), await run({ ...base, grantUsage: false })];
    const left = grants(all).filter((name) => !grants(own).includes(name));
    assert.deepEqual(left.sort(), ["sales-grant-database", "sales-grant-schema"]);
    assert.deepEqual(await resolved(own.result.ownerGrants), [
      'GRANT USAGE ON DATABASE "RAW" TO ROLE "DATA_PIPELINES_TEST_SALES_LOADER";',
      'GRANT USAGE ON SCHEMA "RAW"."SALES" TO ROLE "DATA_PIPELINES_TEST_SALES_LOADER";',
    ]);
    assert.deepEqual(await resolved(all.result.ownerGrants), []);
  });
});

describe("SnowflakeLanding's tables", () => {
  const tables = async (args: SnowflakeLandingArgs) =>
    (await run(args)).registrations.filter(({ type }) => type === "snowflake:index/table:Table");

  it("W13: tables are protected and outlive the program, unless allowDestroy", async () => {
    const keep = await tables(base);
    assert.deepEqual(
      keep.map(({ protect, retainOnDelete }) => [protect, retainOnDelete]),
      [[true, true]],
    );
    const letGo = await tables({ ...base, allowDestroy: true });
    assert.deepEqual(
      letGo.map(({ protect, retainOnDelete }) => [protect, retainOnDelete]),
      [[false, false]],
    );
  });

  it("W13: Time Travel's days are the argument's, else the schema's", async () => {
    const days = async (timeTravelDays?: number) =>
      only(await run({ ...base, timeTravelDays }), "snowflake:index/table:Table").inputs.dataRetentionTimeInDays;
    assert.equal(await days(7), 7);
    assert.equal(await days(0), 0);
    assert.equal(await days(), undefined);
    await rejects({ ...base, timeTravelDays: 91 }, "timeTravelDays", "0 to 90");
  });

  const plan = (columns: string[], dropColumns: string[] = []) => ({
    names: tableNames("ORDERS"),
    columns: columns.map((column) => ({ column, type: "VARCHAR", from: { kind: "record" as const }, required: false })),
    dropColumns,
  });

  it("W13: a column that is no longer declared is an error that names it and the argument to drop it by", () => {
    const told = droppedColumnsProblem(["ID", "CITY", "_FILE"], plan(["ID", "TOWN", "_FILE"])) ?? "";
    assert.match(told, /ORDERS would lose the column CITY/);
    assert.match(told, /dropColumns: \["CITY"\]/);
  });

  it("W13: exactly the columns named in dropColumns go, whatever the rest", () => {
    const name = fc.constantFrom("A", "B", "C", "D", "E");
    const names = fc.uniqueArray(name);
    fc.assert(
      fc.property(names, names, names, (before, after, drop) => {
        const lost = before.filter((each) => !after.includes(each) && !drop.includes(each));
        const told = droppedColumnsProblem(before, plan(after, drop));
        assert.equal(told === undefined, lost.length === 0, told);
        for (const each of lost) assert.match(told ?? "", new RegExp(`\\b${each}\\b`));
      }),
    );
  });

  it("W13: a column that is dropped and declared is refused", () =>
    rejects(
      { ...base, tables: [{ ...orders, dropColumns: ["total"] }] },
      "tables[0].dropColumns[0]",
      "still has this column",
    ));
});

describe("SnowflakeLanding in other partitions", () => {
  const where: readonly [partition: string, dnsSuffix: string, provider: string, scheme: string][] = [
    ["aws", "amazonaws.com", "S3", "s3"],
    ["aws-cn", "amazonaws.com.cn", "S3CHINA", "s3china"],
    ["aws-us-gov", "amazonaws.com", "S3GOV", "s3gov"],
  ];
  const token = "aws:index/getPartition:getPartition";
  const kmsKeyArn = "arn:aws-cn:kms:cn-north-1:000000000000:key/k";

  for (const [partition, dnsSuffix, provider, scheme] of where) {
    it(`W16: in ${partition} Snowflake's S3 is ${provider}, its URLs begin with ${scheme}://`, async () => {
      const done = await run({ ...base, kmsKeyArn }, false, { [token]: { partition, dnsSuffix, id: partition } });
      const integration = only(done, "snowflake:index/storageIntegration:StorageIntegration").inputs;
      assert.equal(integration.storageProvider, provider);
      assert.deepEqual(integration.storageAllowedLocations, [`${scheme}://files/landing/orders/`]);
      assert.equal(only(done, "snowflake:index/stage:Stage").inputs.url, `${scheme}://files/landing/orders/`);
      assert.equal(
        integration.storageAwsRoleArn,
        `arn:${partition}:iam::${mockAccount}:role/data-pipelines-test-sales-snowflake`,
      );
      const policy = statements(done.named("sales-snowflake-policy"), "policy");
      assert.deepEqual(policy[0]?.Resource, [`arn:${partition}:s3:::files/landing/orders/*`]);
      assert.deepEqual(policy.at(-1)?.Condition, {
        StringEquals: { "kms:ViaService": `s3.us-east-1.${dnsSuffix}` },
      });
    });
  }

  it("W16: a partition that Snowflake doesn't read is refused by name", () =>
    assert.rejects(
      run(base, false, { [token]: { partition: "aws-iso", dnsSuffix: "c2s.ic.gov", id: "aws-iso" } }),
      /SnowflakeLanding "sales": .*aws-iso.*aws, aws-cn, aws-us-gov/,
    ));
});

describe("SnowflakeLanding with very many tables", () => {
  const many = (count: number, prefix: (i: number) => string): SnowflakeLandingArgs => ({
    ...base,
    bucketName: "b".repeat(63),
    manageNotifications: false,
    errorNotifications: false,
    tables: Array.from({ length: count }, (_, i) => ({ ...orders, name: `orders_${i}`, prefix: prefix(i) })),
  });

  it("W16: 100 tables fit: no policy is longer than IAM takes, and each prefix is read and listed exactly once", async () => {
    const prefix = (i: number) => `landing/a-source-of-an-ordinary-length-${String(i).padStart(3, "0")}/`;
    const done = await run(many(100, prefix));
    const inline = done.named("sales-snowflake-policy");
    const managed = done.ofType("aws:iam/policy:Policy");
    assert.ok(String(inline.inputs.policy).length <= 10_240);
    for (const policy of managed) assert.ok(String(policy.inputs.policy).length <= 6_144, policy.name);
    assert.ok(managed.length >= 1 && managed.length <= 10);
    assert.equal(done.ofType("aws:iam/rolePolicyAttachment:RolePolicyAttachment").length, managed.length);
    const all = [inline, ...managed].flatMap((policy) => statements(policy, "policy"));
    const sids = all.map(({ Sid }) => Sid);
    assert.equal(new Set(sids).size, sids.length);
    const prefixes = Array.from({ length: 100 }, (_, i) => prefix(i));
    const read = all.filter(({ Sid }) => String(Sid).startsWith("ReadFiles")).flatMap(({ Resource }) => Resource);
    assert.deepEqual(
      read.sort(),
      prefixes.map((each) => `arn:aws:s3:::${"b".repeat(63)}/${each}*`),
    );
    const listed = all.flatMap(({ Condition }) => {
      const condition = Condition as { StringLike?: { "s3:prefix": string[] } } | undefined;
      return condition?.StringLike?.["s3:prefix"] ?? [];
    });
    assert.deepEqual(
      listed.sort(),
      prefixes.map((each) => `${each}*`),
    );
  });

  it("W16: a pipe waits for every policy of the role", async () => {
    const { options, ofType } = await run(many(60, (i) => `landing/source-${i}/`));
    const waits = [options["sales-orders-0-pipe"]?.dependsOn ?? []].flat() as pulumi.Resource[];
    const names = waits.map((each) => (each as unknown as { __name: string }).__name);
    const policies = ofType("aws:iam/rolePolicyAttachment:RolePolicyAttachment").map(({ name }) => name);
    assert.ok(policies.length > 0);
    for (const name of ["sales-snowflake-policy", ...policies]) assert.ok(names.includes(name), name);
  });

  it("W16: what doesn't fit into a role is refused with the fix", () =>
    rejects(
      many(120, (i) => `${String(i).padStart(3, "0")}${"/a-folder-name".repeat(60)}/`),
      "managed policies",
      "two SnowflakeLandings",
    ));

  it("W16: whatever the prefixes, each policy is within IAM's limit", async () => {
    const segment = fc.stringMatching(/^[a-z0-9]{1,60}$/);
    const lengths = fc.array(segment, { minLength: 1, maxLength: 60, size: "max" });
    await fc.assert(
      fc.asyncProperty(lengths, async (segments) => {
        const done = await run(many(segments.length, (i) => `${i}-${segments[i]}/`));
        assert.ok(String(done.named("sales-snowflake-policy").inputs.policy).length <= 10_240);
        for (const policy of done.ofType("aws:iam/policy:Policy")) {
          assert.ok(String(at(policy, "policy")).length <= 6_144);
        }
      }),
      { numRuns: 3 },
    );
  }).timeout(120_000);
});
