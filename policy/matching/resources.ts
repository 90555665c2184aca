/** Which resources an action takes, and whether a pattern names some of them or, in effect, all. */
import { type ActionInfo, resourceTypesOf } from "../catalogue/actions";
import { covers, isStar } from "./wildcard";

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

/** ARN forms of all resource types of the service. */
export function serviceArnFormats(service: string): readonly string[] {
  return [...resourceTypesOf(service).values()].flatMap(({ arn }) => formatsOf(arn));
}

/** A type with two forms has them behind one another: `arn:…:/apis/${ApiId}, arn:…:/restapis/${RestApiId}`. */
function formatsOf(arn: string): string[] {
  return arn === "" ? [] : arn.split(", ");
}

/**
 * Whether the pattern covers every resource that the action takes, of one region and account at least:
 * `*`, `arn:aws:s3:::*`, `arn:aws:sqs:eu-west-1:111122223333:*`, `arn:…:table/*`.
 */
export function isEveryResource(pattern: string, action: ActionInfo): boolean {
  if (isStar(pattern)) return true;
  return pattern.includes("*") && arnFormats(action).some((format) => coversFormat(pattern, format));
}

/** Whether the pattern covers all resources of the form, of one region and account at least. */
export function coversFormat(pattern: string, format: string): boolean {
  const given = splitArn(pattern);
  const form = splitArn(format);
  if (!given || !form || !covers(given.service, form.service) || !/\$\{|\*/.test(form.resource)) return false;
  return probes.every((probe) => covers(given.resource, form.resource.replace(/\$\{[^}]*\}|\*/g, probe)));
}

/** Two names that nobody's pattern has by chance: a pattern that covers both covers all. */
const probes = ["zq7-probe-a", "9kx.probe_b"];

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
