/**
 * Identifiers as AWS and people make them, to see what a pattern with wildcards leaves out. A pattern shaped like every
 * identifier of a type (`key/*-*-*-*-*`, `instance/i-*`, `secret:*-??????`) names nothing.
 *
 * A placeholder of an ARN form has one or several families: in an account, names follow one convention mostly, and a
 * type's ids always do. What covers one family has covered the type, as far as an account goes.
 */
import { memo } from "../model/memo";

type Make = (random: Random) => string;

/** Identifiers of one ARN form (its part after the account), family by family. */
export type Families = readonly (readonly string[])[];

const perFamily = 48;

/** @param prefix what the type's ids begin with, where a pattern says so: `vpc-` */
export function identifiersOf(service: string, form: string, prefix: string): Families {
  return made(`${service}\n${form}\n${prefix}`);
}

const made = memo((key: string): Families => {
  const [service = "", form = "", prefix = ""] = key.split("\n");
  const random = new Random(form);
  const choices = (form.match(placeholder) ?? []).map((each) => shapesOf(service, form, each, prefix));
  // A convention for names goes with each form of ids.
  const conventions = choices.some((shapes) => shapes === names) ? names.length : 1;
  const others = Math.max(1, ...choices.map((shapes) => (shapes === names ? 1 : shapes.length)));
  return Array.from({ length: conventions * others }, (_, family) =>
    Array.from({ length: perFamily }, () => {
      let i = 0;
      return form.replace(placeholder, () => {
        const shapes = choices[i++] ?? [];
        const index = shapes === names ? family % conventions : Math.floor(family / conventions);
        return (shapes[index % shapes.length] as Make)(random);
      });
    }),
  );
}, 5_000);

const placeholder = /\$\{[^}]*\}|\*/g;

/** What a pattern for ids says of how all of them begin: `vpc-` in `vpc/vpc-*`, `Z` in `hostedzone/Z*`, a region; else none. */
export function prefixOfIds(service: string, form: string, pattern: string): string {
  const [before = ""] = form.split(/\$\{/, 1);
  if (!/(Id|ID|Identifier)\}$/.test(form) || !pattern.startsWith(before)) return "";
  if (/^cognito-/.test(service)) {
    return /^[a-z]{2}(-[a-z]+)+-\d(?=[_:])/.exec(pattern.slice(before.length))?.[0] ?? "";
  }
  const given = pattern.slice(before.length);
  if (service === "ec2") return /^[a-z]+(-[a-z]+)*-(?=[*?\d])/.exec(given)?.[0] ?? "";
  const [prefix = ""] = /^[a-z]{1,6}-(?=[*?\d])/.exec(given) ?? [];
  return awsPrefixes.has(prefix) ? prefix : "";
}

/** Of AWS's own ids outside EC2; others' names may begin with letters and a hyphen as well. */
const awsPrefixes = new Set(
  "a- ap- app- b- c- cert- cfg- ct- d- e- eks- f- fs- fsap- fsmt- fsvol- g- h- i- j- l- mi- mw- n- o- oi- op- ou- p- pb- pl- prx- ps- r- rp- s- sgw- snap- ssoins- sv- svm- tape- tgt- tti- vol- vtl- ws- wsb-".split(
    " ",
  ),
);

/** Alternatives by service with the ARN form, and placeholder; the first that fits. `own`: what the pattern says of all ids' beginning. */
const known: readonly (readonly [form: RegExp, placeholder: RegExp, shapes: (own: string) => readonly Make[]])[] = [
  [/./, /uuid/i, () => [uuid]],
  [/^kms:/, /KeyId/, () => [uuid]],
  [/^secretsmanager:/, /SecretId/, () => secretNames],
  [/^cognito-idp:/, /UserPoolId/, (own) => [(r) => `${own || "eu-west-1"}_${r.text(alphanumeric, 9)}`]],
  [/^cognito-/, /IdentityPoolId|IdentityId/, (own) => [(r) => `${own || "eu-west-1"}:${uuid(r)}`]],
  [/^ec2:/, /Id$/, (own) => (own ? [own] : ["i-", "vpc-", "subnet-", "lgw-rtb-"]).map(instance)],
  [/^route53:hostedzone/, /Id$/, () => [zone("Z")]],
  [/^cloudfront:/, /DistributionId/, () => [(r) => `E${r.text(upper, 13)}`]],
  [/^(route53|cloudfront):/, /Id$/, () => [uuid, zone("C"), zone("E")]],
  [/^logs:/, /LogGroupName/, () => [logGroup, (r) => r.pick(["", "/ecs/", "/aws/lambda/"]) + kebab(r)]],
  [/^logs:/, /LogStreamName/, () => [logStream]],
  [/^(s3[\w-]*|ssm):/, /^BucketName/, () => [kebab]],
  [/^s3/, /ObjectName/, () => [objectKey, (r) => `${word(r)}/${kebab(r)}`]],
  [/^ssm:/, /ParameterName/, () => [parameterName, ...names]],
  [/^bedrock:/, /^ResourceId$/, () => [(r) => `${r.pick(vendors)}.${kebab(r)}-v1:0`, ...opaque("")]],
  [/^ecs:/, /Id$/, () => [(r) => r.text(hex, 32)]],
  [/^elasticloadbalancing:/, /Id$/, () => [(r) => r.text(hex, 16)]],
  [/^(elasticfilesystem|fsx):/, /Id$/, (own) => [instance(own || "fs-")]],
  [/./, /Account(Id|ID)?$/, () => [(r) => r.text(digits, 12)]],
  [/^(organizations|account):/, /Id$/, () => [(r) => r.text(lower, 10)]],
  [/./, /WithPath$/, () => names.map((name) => (r: Random) => (r.chance(6) ? `${word(r)}/${name(r)}` : name(r)))],
  [/./, /(Version|Number|Revision|Epoch|Time|Timestamp)$/, () => [(r) => `${r.between(1, 40)}`]],
  [/./, /^Region$/, () => [region]],
  [/./, /(Id|ID|Identifier|Token|Hash\w*|Label)$/, opaque],
];

function shapesOf(service: string, form: string, written: string, prefix: string): readonly Make[] {
  const name = written.replace(/^\$\{|\}$/g, "");
  const isLast = form.endsWith(written);
  const found = known.find(([of, kind]) => of.test(`${service}:${form}`) && kind.test(name));
  return found?.[2](isLast ? prefix : "") ?? names;
}

/** Ids whose form isn't known here. */
function opaque(prefix: string): readonly Make[] {
  return [
    uuid,
    (r) => `${prefix}0${r.text(hex, 16)}`,
    (r) => prefix + r.text(lower, r.between(10, 26)),
    (r) => prefix + r.text(upper, r.between(10, 20)),
  ];
}

const hex = "0123456789abcdef";
const digits = "0123456789";
const lower = "abcdefghijklmnopqrstuvwxyz0123456789";
const upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const alphanumeric = `${lower}ABCDEFGHIJKLMNOPQRSTUVWXYZ`;

const words =
  "account alarm api archive audit auth backup batch billing build cache catalog click config customer daily data delivery deploy email event export feed file image import ingest inventory invoice key lake landing ledger load log mail market media message metric notify order page parser partner pay pipeline product profile proxy queue raw report request role router sales scan search service session ship sink source stage stock store stream sync table task token track transform upload user vendor view warehouse web worker".split(
    " ",
  );
const environments = ["prod", "dev", "staging", "test"];
const vendors = ["anthropic", "amazon", "meta", "mistral", "cohere"];
const regions = ["eu-central-1", "us-east-1", "ap-southeast-2", "us-west-2"];

const word: Make = (r) => r.pick(words) + (r.chance(3) ? "s" : "");
const region: Make = (r) => r.pick(regions);
const instance =
  (prefix: string): Make =>
  (r) =>
    `${prefix}0${r.text(hex, 16)}`;
const zone =
  (first: string): Make =>
  (r) =>
    first + r.text(upper, r.between(13, 20));
const uuid: Make = (r) => [8, 4, 4, 4, 12].map((length) => r.text(hex, length)).join("-");
const joined = (separator: string): Make => {
  const between = (r: Random, ...parts: readonly Make[]) => parts.map((part) => part(r)).join(separator);
  return (r) =>
    r.pick([
      () => between(r, word, word),
      () => between(r, word, word, word),
      () => between(r, word, word, single),
      () => between(r, word, word, (of) => of.pick(environments)),
      () => between(r, (of) => of.pick(environments), word, word),
      () => between(r, word, word, (of) => of.text(hex, 7)),
    ])();
};
const kebab = joined("-");
const snake = joined("_");
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const camel: Make = (r) =>
  r.chance(3)
    ? `${capital(word(r))}Stack${capital(word(r))}${capital(word(r))}${r.text(upper, 8)}`
    : capital(word(r)) + capital(word(r)) + (r.chance(2) ? capital(word(r)) : "");
const single: Make = (r) => word(r) + (r.chance(3) ? word(r) : "") + (r.chance(5) ? r.between(1, 9) : "");
const names: readonly Make[] = [kebab, snake, camel, single];

/** Secrets Manager adds six characters to the name. */
const secretNames: readonly Make[] = [kebab, (r: Random) => `${r.pick(environments)}/${word(r)}/${word(r)}`, camel].map(
  (name) => (r: Random) => `${name(r)}-${r.text(alphanumeric, 6)}`,
);
const logGroup: Make = (r) =>
  r.pick([
    () => `/aws/lambda/${kebab(r)}`,
    () => `/aws/lambda/${camel(r)}`,
    () => `/ecs/${kebab(r)}`,
    () => `/${word(r)}/${r.pick(environments)}`,
    () => kebab(r),
  ])();
const logStream: Make = (r) =>
  r.pick([
    () => `2026/11/${r.between(10, 28)}/[$LATEST]${r.text(hex, 32)}`,
    () => `${word(r)}/${word(r)}/${r.text(hex, 32)}`,
    () => uuid(r),
  ])();
const objectKey: Make = (r) =>
  r.pick([
    () => `${word(r)}/${r.between(2024, 2026)}/${r.between(10, 12)}/${word(r)}.csv`,
    () => `${word(r)}/${uuid(r)}`,
    () => `${word(r)}-${r.between(1, 999)}.json`,
  ])();
const parameterName: Make = (r) =>
  r.pick([() => `${r.pick(environments)}/${word(r)}/${word(r)}`, () => `${word(r)}/${word(r)}`, () => kebab(r)])();

/** The same numbers for the same seed, so that a document is judged alike each time. */
class Random {
  private state: number;

  constructor(seed: string) {
    this.state = [...seed].reduce((sum, character) => (Math.imul(sum, 31) + character.charCodeAt(0)) | 0, 17);
  }

  private next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  /** True once in so many. */
  chance(of: number): boolean {
    return this.between(1, of) === 1;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.between(0, from.length - 1)] as T;
  }

  text(characters: string, length: number): string {
    return Array.from({ length }, () => this.pick([...characters])).join("");
  }
}
