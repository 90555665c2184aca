import assert from "node:assert/strict";
import * as fc from "fast-check";
import { actionInfo, services } from "../../policy/catalogue/actions";
import { coversFormat, isEveryResource, serviceArnFormats } from "../../policy/matching/resources";
import { covers } from "../../policy/matching/wildcard";

const here = (service: string, resource: string) => `arn:aws:${service}:eu-west-1:111122223333:${resource}`;

/** Whether the patterns together leave nothing worth naming out of what the action takes. */
function isEvery(action: string, ...patterns: string[]): boolean {
  const info = actionInfo(action);
  assert.ok(info, action);
  return isEveryResource(patterns, info);
}

describe("patterns in the shape of a type's identifiers", () => {
  it("P37: what has the shape of every identifier of its type names none", () => {
    for (const [action, pattern] of [
      ["secretsmanager:GetSecretValue", here("secretsmanager", "secret:*-??????")],
      ["secretsmanager:GetSecretValue", here("secretsmanager", "secret:*-*")],
      ["kms:Decrypt", here("kms", "key/*-*-*-*-*")],
      ["kms:Decrypt", here("kms", "key/????????-????-????-????-????????????")],
      ["ec2:TerminateInstances", here("ec2", "instance/i-*")],
      ["ec2:TerminateInstances", here("ec2", "instance/i-0*")],
      ["ec2:DeleteVpc", here("ec2", "vpc/vpc-*")],
      ["iam:PassRole", "arn:aws:iam::111122223333:role/*-*"],
      ["iam:PassRole", "arn:aws:iam::111122223333:role/*a*"],
      ["iam:PassRole", "arn:aws:iam::111122223333:role/?*"],
      ["iam:PassRole", "arn:aws:iam::111122223333:role/???*"],
      ["iam:CreatePolicyVersion", "arn:aws:iam::111122223333:policy/*-*"],
      ["lambda:UpdateFunctionCode", here("lambda", "function:*-*")],
      ["s3:GetObject", "arn:aws:s3:::*-*/*"],
      ["s3:GetObject", "arn:aws:s3:::?*/?*"],
      ["cognito-idp:AdminInitiateAuth", here("cognito-idp", "userpool/*_*")],
      ["route53:ChangeResourceRecordSets", "arn:aws:route53:::hostedzone/Z*"],
      ["ec2:DeleteSnapshot", "arn:aws:ec2:eu-west-1::snapshot/snap-*"],
      ["logs:GetLogEvents", here("logs", "log-group:/*:*")],
      ["elasticfilesystem:DeleteFileSystem", here("elasticfilesystem", "file-system/fs-*")],
      ["dynamodb:Query", here("dynamodb", "table/*_*")],
      ["sqs:SendMessage", "*:*-*"],
      ["iam:PassRole", "arn:*:role/*"],
    ] as const) {
      assert.equal(isEvery(action, pattern), true, `${action} ${pattern}`);
    }
  });

  it("P37: what names some by a beginning, an end or a part leaves the others out", () => {
    for (const [action, pattern] of [
      ["secretsmanager:GetSecretValue", here("secretsmanager", "secret:orders-??????")],
      ["secretsmanager:GetSecretValue", here("secretsmanager", "secret:prod/*")],
      ["kms:Decrypt", here("kms", "key/mrk-*")],
      ["kms:Decrypt", here("kms", "key/0f8e*")],
      ["ec2:TerminateInstances", here("ec2", "instance/i-0abc*")],
      ["iam:PassRole", "arn:aws:iam::111122223333:role/*-loader"],
      ["iam:PassRole", "arn:aws:iam::111122223333:role/orders-*"],
      ["iam:PassRole", "arn:aws:iam::111122223333:role/service-role/*"],
      ["lambda:UpdateFunctionCode", here("lambda", "function:orders-*")],
      ["lambda:UpdateFunctionCode", here("lambda", "function:*-dev-*")],
      ["s3:GetObject", "arn:aws:s3:::orders-*/*"],
      ["s3:GetObject", "arn:aws:s3:::*/public/*"],
      ["logs:PutLogEvents", here("logs", "log-group:/aws/lambda/*:*")],
      ["logs:PutLogEvents", here("logs", "log-group:/ecs/*")],
      ["ssm:GetParameter", here("ssm", "parameter/prod/*")],
      ["bedrock:InvokeModel", "arn:aws:bedrock:eu-west-1::foundation-model/anthropic.*"],
      ["dynamodb:Query", here("dynamodb", "table/orders*/index/*")],
      ["ecs:StopTask", here("ecs", "task/orders/*")],
      ["states:StartExecution", here("states", "stateMachine:orders-*")],
    ] as const) {
      assert.equal(isEvery(action, pattern), false, `${action} ${pattern}`);
    }
  });

  it("P37: patterns of one statement are judged together", () => {
    const keys = [..."0123456789abcdef"].map((first) => here("kms", `key/${first}*`));
    assert.equal(isEvery("kms:Decrypt", ...keys), true);
    assert.equal(isEvery("kms:Decrypt", ...keys.slice(0, 6)), false);
    const roles = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"].map(
      (first) => `arn:aws:iam::111122223333:role/${first}*`,
    );
    assert.equal(isEvery("iam:PassRole", ...roles), true);
    assert.equal(isEvery("iam:PassRole", ...roles.slice(0, 2)), false);
    const lengths = Array.from({ length: 64 }, (_, i) => here("sqs", "?".repeat(i + 1)));
    assert.equal(isEvery("sqs:DeleteMessage", ...lengths), true);
  });
});

/** Identifiers of the kind that AWS's documentation shows, family by family; apart from those that the pack makes. */
const characters = (of: string, minLength: number, maxLength = minLength) =>
  fc.string({ unit: fc.constantFrom(...of), minLength, maxLength });
const hex = "0123456789abcdef";
const capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const small = "abcdefghijklmnopqrstuvwxyz0123456789";
const terms = fc.constantFrom(
  ..."alerts app artist bookings calendar catalogue chat checkout content crm docs devices fleet forecasts frontend gateway graph health hotel images inbox jobs kitchen leads library maps members music news newsletter offers photos podcasts prices quotes recipes returns reviews rides rooms sensors shop sites songs staff stays studio tickets tours trips video wallet weather wiki".split(
    " ",
  ),
);
const stages = fc.constantFrom("prod", "production", "dev", "stage", "qa", "eu", "us");
const ids: Readonly<Record<string, fc.Arbitrary<string>>> = {
  uuid: fc.uuid(),
  hex: characters(hex, 16).map((text) => `0${text}`),
  lower: characters(small, 10, 26),
  upper: characters(capitals, 10, 20),
};
const conventions: Readonly<Record<string, fc.Arbitrary<string>>> = {
  kebab: fc.oneof(
    fc.tuple(terms, terms).map((parts) => parts.join("-")),
    fc.tuple(terms, terms, stages).map((parts) => parts.join("-")),
    fc.tuple(stages, terms, terms).map((parts) => parts.join("-")),
    fc.tuple(terms, terms, characters(hex, 7)).map((parts) => parts.join("-")),
  ),
  snake: fc.oneof(fc.tuple(terms, stages), fc.tuple(terms, terms, stages)).map((parts) => parts.join("_")),
  camel: fc
    .oneof(fc.tuple(terms, terms), fc.tuple(terms, terms, terms))
    .map((parts) => parts.map((part) => part.charAt(0).toUpperCase() + part.slice(1)).join("")),
  single: terms,
};

/** Services whose ids have one form. */
const idsOf: Readonly<Record<string, fc.Arbitrary<string>>> = {
  ecs: characters(hex, 32),
  elasticloadbalancing: characters(hex, 16),
  elasticfilesystem: characters(hex, 16).map((id) => `fs-0${id}`),
  fsx: characters(hex, 16).map((id) => `fs-0${id}`),
  organizations: characters(small, 10),
  account: characters(small, 10),
  cloudfront: fc.uuid(),
  route53: fc.uuid(),
};

/** The families of one ARN form: how a type's identifiers may look in one account. */
function familiesOf(service: string, format: string): fc.Arbitrary<string>[] {
  const exact: Readonly<Record<string, fc.Arbitrary<string>>> = {
    "kms:key/${KeyId}": fc.uuid(),
    "secretsmanager:secret:${SecretId}": fc
      .tuple(conventions.kebab as fc.Arbitrary<string>, characters(`${small}ABCDEFGHIJKLMNOPQRSTUVWXYZ`, 6))
      .map((parts) => parts.join("-")),
    "cognito-idp:userpool/${UserPoolId}": characters(small, 9).map((id) => `eu-west-1_${id}`),
    "cognito-identity:identitypool/${IdentityPoolId}": fc.uuid().map((id) => `eu-west-1:${id}`),
    "route53:hostedzone/${Id}": characters(capitals, 13, 20).map((id) => `Z${id}`),
    "cloudfront:streaming-distribution/${DistributionId}": characters(capitals, 13).map((id) => `E${id}`),
    "cloudfront:distribution/${DistributionId}": characters(capitals, 13).map((id) => `E${id}`),
    "ec2:instance/${InstanceId}": characters(hex, 16).map((id) => `i-0${id}`),
    "ec2:snapshot/${SnapshotId}": characters(hex, 16).map((id) => `snap-0${id}`),
    "ec2:vpc/${VpcId}": characters(hex, 16).map((id) => `vpc-0${id}`),
  };
  const resource = format.split(":").slice(5).join(":");
  if (service === "ec2" && /Id\}$/.test(resource)) {
    // A type's ids begin with letters of its own.
    return ["vol", "lgw-rtb"].map((own) =>
      characters(hex, 16).map((id) => `${resource.split("${", 1)[0]}${own}-0${id}`),
    );
  }
  const own = exact[`${service}:${resource}`];
  const literal = resource.split("${", 1)[0] ?? "";
  if (own) return [own.map((id) => literal + id)];
  const filled = (convention: fc.Arbitrary<string>, id: fc.Arbitrary<string>) => {
    const parts = resource.split(/\$\{([^}]*)\}|\*/);
    return fc
      .tuple(...parts.map((part = "*", i) => (i % 2 === 0 ? fc.constant(part) : kindOf(service, part, convention, id))))
      .map((texts) => texts.join(""));
  };
  const uuid = ids.uuid as fc.Arbitrary<string>;
  const names = Object.values(conventions).map((convention) => filled(convention, idsOf[service] ?? uuid));
  if (idsOf[service]) return names;
  return [...names, ...Object.values(ids).map((id) => filled(conventions.kebab as fc.Arbitrary<string>, id))];
}

function kindOf(
  service: string,
  placeholder: string,
  name: fc.Arbitrary<string>,
  id: fc.Arbitrary<string>,
): fc.Arbitrary<string> {
  if (/(Version|Number|Revision|Time|Timestamp|Epoch)$/.test(placeholder)) {
    return fc.integer({ min: 1, max: 40 }).map(String);
  }
  if (/(Uuid|UUID)$/.test(placeholder)) return fc.uuid();
  if (placeholder === "ObjectName") return fc.tuple(terms, terms).map((parts) => parts.join("/"));
  if (/Account(Id|ID)?$/.test(placeholder)) return characters("0123456789", 12);
  if (service.startsWith("cognito-") && /Id$/.test(placeholder)) return fc.uuid().map((uuid) => `eu-west-1:${uuid}`);
  if (placeholder === "BucketName" || placeholder === "LogGroupName") return conventions.kebab as fc.Arbitrary<string>;
  return /(Id|ID|Identifier|Token|Hash\w*|Label)$/.test(placeholder) ? id : name;
}

/** A pattern made of an identifier: parts of it given up, or only its shape kept. */
function patternsOf(identifier: string, literal: string): fc.Arbitrary<string> {
  const rest = identifier.slice(literal.length);
  const pieces = fc.array(
    fc.record({ at: fc.nat(rest.length), length: fc.nat(12), by: fc.constantFrom("*", "?", "??", "*?") }),
    {
      minLength: 1,
      maxLength: 3,
    },
  );
  const cut = pieces.map((list) =>
    list.reduce((text, { at, length, by }) => text.slice(0, at) + by + text.slice(at + length), rest),
  );
  return fc
    .oneof(
      cut,
      fc.constant(rest.replace(/[A-Za-z0-9]+/g, "*")),
      fc.constant(rest.replace(/[A-Za-z0-9]/g, "?")),
      fc.constantFrom(
        "*",
        "?*",
        "*?*",
        "*-*",
        "*_*",
        "*e*",
        "*0*",
        "???*",
        `${rest.slice(0, 1)}*`,
        `*${rest.slice(-1)}`,
      ),
    )
    .map((pattern) => literal + pattern);
}

describe("the share that patterns match", () => {
  const forms = [...services()].flatMap((service) =>
    serviceArnFormats(service).filter((format) => /\$\{/.test(format.split(":").slice(5).join(":"))),
  );

  it("P37: for every resource type, what covers nearly all of real-looking identifiers is told, what leaves most out isn't", () => {
    const seen = { all: 0, few: 0 };
    fc.assert(
      fc.property(fc.constantFrom(...forms), fc.nat(), fc.integer({ min: 1, max: 3 }), (format, seed, count) => {
        const literal =
          format
            .split(":")
            .slice(5)
            .join(":")
            .split(/\$\{|\*/, 1)[0] ?? "";
        const [, , service = ""] = format.split(":");
        const families = familiesOf(service, format);
        const accounts = families.map((family) => fc.sample(family, { seed, numRuns: 60 }));
        const [sample = literal] = accounts[seed % accounts.length] ?? [];
        const patterns = fc.sample(patternsOf(sample, literal), { seed, numRuns: count });
        const shares = accounts.map((identifiers) => {
          const covered = identifiers.filter((each) => patterns.some((pattern) => covers(pattern, each)));
          return covered.length / identifiers.length;
        });
        const arns = patterns.map((pattern) => `arn:aws:${service}:eu-west-1:111122223333:${pattern}`);
        const told = coversFormat(arns, format);
        const most = Math.max(...shares);
        const context = `${format} ${patterns.join(" ")}: ${shares.map((share) => share.toFixed(2)).join(" ")}`;
        if (most >= 0.95) {
          seen.all++;
          assert.equal(told, true, context);
        }
        if (most <= 0.05) {
          seen.few++;
          assert.equal(told, false, context);
        }
      }),
      { numRuns: 500 },
    );
    assert.ok(seen.all > 50 && seen.few > 50, JSON.stringify(seen));
  });
});
