/** Which resources an action takes, and whether a pattern names some of them or, in effect, all. */
import { type ActionInfo, resourceTypesOf } from "../catalogue/actions";
import { memo } from "../model/memo";
import { identifiersOf, prefixOfIds } from "./identifiers";
import { canMatch } from "./overlap";
import { covers, hasWildcard, isStar } from "./wildcard";

/** Whether AWS can restrict the action to a resource at all. */
export function isRestrictable(action: ActionInfo): boolean {
  return arnFormats(action).length > 0;
}

/**
 * ARN forms of the action's resources, for example `arn:${Partition}:sqs:${Region}:${Account}:${QueueName}`.
 *
 * @param options `required`: only of the types that every request of the action needs
 */
export function arnFormats(action: ActionInfo, { required = false } = {}): readonly string[] {
  const types = resourceTypesOf(action.service);
  return action.resourceTypes
    .filter((type) => type.required || !required)
    .flatMap(({ name }) => formatsOf(types.get(name.toLowerCase())?.arn ?? ""));
}

/** Whether the action can meet what the pattern names at all: `iam:PassRole` on a table allows nothing. */
export function canMeet(action: ActionInfo, pattern: string): boolean {
  const formats = arnFormats(action);
  return formats.length === 0 ? isStar(pattern) : formats.some((format) => canMatch(pattern, format));
}

/** ARN forms of all resource types of the service. */
export function serviceArnFormats(service: string): readonly string[] {
  return [...resourceTypesOf(service).values()].flatMap(({ arn }) => formatsOf(arn));
}

/** A type with two forms has them behind one another: `arn:…:/apis/${ApiId}, arn:…:/restapis/${RestApiId}`. */
function formatsOf(arn: string): string[] {
  return arn === "" ? [] : arn.split(", ");
}

/**
 * Whether the patterns together cover every resource that the action takes, of one region and account at least:
 * `*`, `arn:aws:s3:::*`, `arn:aws:sqs:eu-west-1:111122223333:*`, `arn:…:table/*`, `arn:…:secret:*-??????`.
 */
export function isEveryResource(patterns: readonly string[], action: ActionInfo): boolean {
  if (patterns.some(isStar)) return true;
  const wide = patterns.filter(hasWildcard);
  return wide.length > 0 && arnFormats(action).some((format) => coversFormat(wide, format));
}

/** Of the identifiers of a family, the share that a pattern has to cover to be for all of them. */
export const nearlyAll = 0.7;

/** Whether the patterns together cover nearly all resources of the form, of one region and account at least. */
export function coversFormat(patterns: readonly string[], format: string): boolean {
  return covering(`${format}\n${patterns.join("\n")}`);
}

const covering = memo((key: string): boolean => {
  const [format = "", ...patterns] = key.split("\n");
  const form = splitArn(format);
  if (!form || !/\$\{|\*/.test(form.resource)) return false;
  const fitting = patterns.flatMap((pattern) => testOf(pattern, form) ?? []);
  if (fitting.length === 0) return false;
  const prefixes = new Set(
    patterns.map((each) => prefixOfIds(form.service, form.resource, splitArn(each)?.resource ?? "")),
  );
  return [...prefixes].some((prefix) =>
    identifiersOf(form.service, form.resource, prefix).some((identifiers) => {
      const covered = identifiers.filter((identifier) => fitting.some((fits) => fits(identifier)));
      return covered.length >= nearlyAll * identifiers.length;
    }),
  );
}, 20_000);

/** How a pattern is held against identifiers of a form; undefined where it is about another service, or names one. */
function testOf(pattern: string, form: ArnParts): ((identifier: string) => boolean) | undefined {
  if (!hasWildcard(pattern)) return undefined;
  const given = splitArn(pattern);
  if (!given || pattern.split(":").length < 6) {
    const { partition, service, region, account } = form;
    const before = [
      "arn",
      filled(partition, "aws"),
      service,
      filled(region, "eu-west-1"),
      filled(account, "111122223333"),
    ];
    return (identifier) => covers(pattern, [...before, identifier].join(":"));
  }
  return covers(given.service, form.service) ? (identifier) => covers(given.resource, identifier) : undefined;
}

/** Which region or account it is doesn't count here. */
function filled(part: string, example: string): string {
  return /\$\{|\*/.test(part) ? example : part;
}

export interface ArnParts {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  readonly resource: string;
}

/** The parts of an ARN or of a pattern of one; a `*` that ends early stands for the parts that are left out. */
export function splitArn(arn: string): ArnParts | undefined {
  const parts = arn.split(":");
  if (!covers(parts[0] ?? "", "arn")) return undefined;
  if (parts.length < 6) {
    if (!parts.at(-1)?.endsWith("*")) return undefined;
    while (parts.length < 6) parts.push("*");
  }
  const [, partition = "", service = "", region = "", account = ""] = parts;
  return { partition, service, region, account, resource: parts.slice(5).join(":") };
}
