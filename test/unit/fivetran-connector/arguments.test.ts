import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FivetranConnectorArgs } from "../../../index";
import { deploy, entry, fixtures } from "./deploy";

/** A mistake, where the error has to point, and a word of the fix. */
interface Mistake {
  readonly what: string;
  readonly args: Partial<FivetranConnectorArgs>;
  readonly path: string;
  readonly fix: RegExp;
}

const mistakes: readonly Mistake[] = [
  { what: "no code", args: { entry: undefined }, path: "entry", fix: /module that exports handler/ },
  { what: "two codes", args: { bundle: fixtures }, path: "bundle", fix: /only one of them/ },
  { what: "an entry that isn't there", args: { entry: "nowhere.ts" }, path: "entry", fix: /no file .*nowhere\.ts/ },
  {
    what: "an entry without a handler",
    args: { entry: join(fixtures, "noHandler.ts") },
    path: "entry",
    fix: /exports main; .*export const handler/,
  },
  {
    what: "a bundle that isn't there",
    args: { entry: undefined, bundle: "nowhere.zip" },
    path: "bundle",
    fix: /build it first/,
  },
  {
    what: "a folder without an index",
    args: { entry: undefined, bundle: fixtures },
    path: "bundle",
    fix: /none of index\.mjs, index\.js/,
  },
  {
    what: "a source as bundle",
    args: { entry: undefined, bundle: entry },
    path: "bundle",
    fix: /source goes into entry/,
  },
  { what: "no External ID", args: { externalId: undefined }, path: "externalId", fix: /setup form/ },
  { what: "an empty External ID", args: { externalId: "" }, path: "externalId", fix: /setup form/ },
  { what: "an External ID with a wildcard", args: { externalId: "abc*" }, path: "externalId", fix: /setup form/ },
  { what: "a bad account", args: { fivetranAccountId: "*" }, path: "fivetranAccountId", fix: /12 digits/ },
  { what: "an unknown method", args: { syncMethod: "S3" }, path: "syncMethod", fix: /"direct", "s3"/ },
  { what: "a prefix without a bucket", args: { bucketPrefix: "a/" }, path: "bucketPrefix", fix: /syncMethod: "s3"/ },
  { what: "days without a bucket", args: { fileDays: 3 }, path: "fileDays", fix: /syncMethod: "s3"/ },
  {
    what: "a prefix that widens the grant",
    args: { syncMethod: "s3", bucketPrefix: "a*" },
    path: "bucketPrefix",
    fix: /without \*/,
  },
  {
    what: "a prefix with a slash in front",
    args: { syncMethod: "s3", bucketPrefix: "/a" },
    path: "bucketPrefix",
    fix: /not with a slash/,
  },
  {
    what: "a bad bucket suffix",
    args: { syncMethod: "s3", bucketNameSuffix: "X" },
    path: "bucketNameSuffix",
    fix: /lower-case/,
  },
  { what: "no days", args: { syncMethod: "s3", fileDays: 0 }, path: "fileDays", fix: /from 1 to 3650/ },
  { what: "too little memory", args: { memory: 128 }, path: "memory", fix: /from 256/ },
  { what: "a time-out that Lambda doesn't have", args: { timeout: 901 }, path: "timeout", fix: /from 10 to 900/ },
  {
    what: "log days that CloudWatch doesn't have",
    args: { logRetentionDays: 2 },
    path: "logRetentionDays",
    fix: /CloudWatch takes/,
  },
  { what: "an ARN of another service", args: { alarmTopicArn: "arn:aws:sqs:::q" }, path: "alarmTopicArn", fix: /sns/ },
  {
    what: "a secret variable",
    args: { environment: { API_TOKEN: "x" } },
    path: "environment.API_TOKEN",
    fix: /secret/i,
  },
  {
    what: "a variable of the component",
    args: { environment: { START: "x" } },
    path: "environment.START",
    fix: /startFrom/,
  },
  { what: "an empty start", args: { startFrom: " " }, path: "startFrom", fix: /leave it out/ },
  {
    what: "a misspelt argument",
    args: { memory: 512, ...{ external: "x" } },
    path: "external",
    fix: /did you mean externalId\?/,
  },
];

describe("FivetranConnector: arguments", () => {
  for (const { what, args, path, fix } of mistakes) {
    it(`F9: ${what} is told at construction, with the argument and the fix`, async () => {
      const error = await deploy(args).then(
        () => assert.fail("the mistake went through"),
        (thrown: unknown) => thrown,
      );
      assert.ok(error instanceof Error);
      assert.equal(error.constructor.name, "ArgumentError", error.message);
      assert.match(error.message, /^FivetranConnector "airports"/);
      assert.equal(Reflect.get(error, "path"), path, error.message);
      assert.match(error.message, fix);
    });
  }

  it("F9: an entry that doesn't compile is told in esbuild's words", async () => {
    const folder = await mkdtemp(join(tmpdir(), "connector-"));
    try {
      const broken = join(folder, "broken.ts");
      writeFileSync(broken, 'import { x } from "./missing";\nexport const handler = x;\n');
      await assert.rejects(deploy({ entry: broken }), /entry is .*broken\.ts.*Could not resolve "\.\/missing"/s);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
