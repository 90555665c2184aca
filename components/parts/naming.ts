import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { type ArgumentCheck, ArgumentError } from "./arguments";
import type { Context } from "./context";

/** What AWS allows in a name. */
interface NameRule {
  readonly max: number;
  /** Characters that are replaced. */
  readonly refused: RegExp;
  /** What stands in their place. @default "-" */
  readonly instead?: string;
  readonly lowerCase?: true;
  readonly ending?: string;
}

const wide = /[^A-Za-z0-9_-]/g;

const rules = {
  bucket: { max: 63, refused: /[^a-z0-9-]/g, lowerCase: true },
  queue: { max: 80, refused: wide },
  fifoQueue: { max: 80, refused: wide, ending: ".fifo" },
  function: { max: 64, refused: wide },
  role: { max: 64, refused: wide },
  policy: { max: 128, refused: wide },
  table: { max: 255, refused: wide },
  topic: { max: 256, refused: wide },
  rule: { max: 64, refused: wide },
  alarm: { max: 255, refused: wide },
  stateMachine: { max: 80, refused: wide },
  stream: { max: 128, refused: wide },
  schedule: { max: 64, refused: wide },
  httpApi: { max: 128, refused: wide },
  secret: { max: 256, refused: wide },
  cluster: { max: 255, refused: wide },
  service: { max: 255, refused: wide },
  taskFamily: { max: 255, refused: wide },
  repository: { max: 256, refused: /[^a-z0-9-]/g, lowerCase: true },
  securityGroup: { max: 255, refused: wide },
  dashboard: { max: 255, refused: wide },
  workgroup: { max: 128, refused: wide },
  // Athena takes no other characters in statements that aren't queries.
  glueDatabase: { max: 255, refused: /[^a-z0-9_]/g, instead: "_", lowerCase: true },
} as const satisfies Record<string, NameRule>;

export type NameKind = keyof typeof rules;

/** `<project>-<stack>-<component>`: how a deployed component is called in metrics, logs and tags. */
export function deployedName(component: string): string {
  return `${pulumi.getProject()}-${pulumi.getStack()}-${component}`;
}

/**
 * `<project>-<stack>-<component>-<part>` in the form that AWS allows for this kind. A plain string, so that ARNs are
 * known before anything is created. A name that had to be changed ends in a hash of the one it should have been, so
 * that two names never become one.
 */
export function physicalName(component: string, part: string, kind: NameKind): string {
  return fitName(`${deployedName(component)}-${part}`, kind);
}

/** Characters of {@link bucketName}'s own suffix. */
const placeDigits = 8;

/** How the name of a bucket that a component creates begins; known at once. */
export function bucketNameBeginning(component: string, part: string, suffix: string): string {
  const max = rules.bucket.max - 1 - (suffix === "" ? placeDigits : suffix.length);
  return fitName(`${deployedName(component)}-${part}`, "bucket", max);
}

/**
 * Name of a bucket that a component creates. Bucket names are unique in the world: it ends in the user's suffix, else
 * in 8 hex digits that follow from account and region.
 */
export function bucketName({ name, account }: Context, part: string, suffix: string): pulumi.Output<string> {
  const beginning = bucketNameBeginning(name, part, suffix);
  if (suffix !== "") return pulumi.output(`${beginning}-${suffix}`);
  return pulumi
    .all([account.accountId, account.region])
    .apply(([accountId, region]) => `${beginning}-${shortHash(`${accountId}/${region}`, placeDigits)}`);
}

/** @throws ArgumentError when a suffix can't end a bucket's name. */
export function checkBucketNameSuffix(check: ArgumentCheck, suffix: string): void {
  const fix = "Use at most 20 lower-case letters, digits and hyphens, not ending with a hyphen.";
  check.matches("bucketNameSuffix", suffix, /^([a-z0-9-]{0,19}[a-z0-9])?$/, fix);
}

/**
 * The pure part of {@link physicalName}.
 * @param length characters that the name may have. @default as many as AWS takes
 */
export function fitName(wanted: string, kind: NameKind, length?: number): string {
  const rule: NameRule = rules[kind];
  const { ending = "", instead = "-" } = rule;
  const max = (length ?? rule.max) - ending.length;
  const allowed = (rule.lowerCase ? wanted.toLowerCase() : wanted).replace(rule.refused, instead);
  if (allowed === wanted && allowed.length <= max) return allowed + ending;
  const hash = shortHash(wanted, 8);
  return `${allowed.slice(0, max - hash.length - 1).replace(instead === "_" ? /_+$/ : /-+$/, "")}${instead}${hash}${ending}`;
}

/** @throws ArgumentError when a component's name can't be part of physical names. */
export function checkComponentName(type: string, name: string): void {
  if (!/^[A-Za-z][A-Za-z0-9-]{0,39}$/.test(name)) {
    throw new ArgumentError(
      type,
      "name",
      name,
      "It becomes part of the names of buckets, queues and functions: begin with a letter, use letters, digits and hyphens, at most 40.",
    );
  }
}

function shortHash(text: string, length: number): string {
  return createHash("sha256").update(text).digest("hex").slice(0, length);
}
