/** Whether what a condition asks for leaves something out: a key alone binds nothing, its values do. */
import { administratorArns } from "../catalogue/managedPolicies";
import { identifiersOf } from "./identifiers";
import { coversFormat, nearlyAll, serviceArnFormats, splitArn } from "./resources";
import { covers, hasWildcard, isStar } from "./wildcard";

/** A value that must be met, where `*` and `?` are wildcards only if the operator knows them. */
export interface Pin {
  readonly value: string;
  readonly isPattern: boolean;
}

/** A 12-digit account, and nothing looser. */
export function isAccount({ value }: Pin): boolean {
  return /^\d{12}$/.test(value);
}

export function isOrganization({ value }: Pin): boolean {
  return /^o-[a-z0-9]{2,}$/.test(value);
}

/** Of one organisation, whatever of it. */
export function isOrganizationPath({ value }: Pin): boolean {
  return /^o-[a-z0-9]{2,}(\/|$)/.test(value);
}

/**
 * An ARN of one account; or of one bucket or the like, whose ARN has no account: there the name has to be whole, since
 * whoever likes may take the next one.
 */
export function isArnOfOneOwner({ value }: Pin): boolean {
  const arn = splitArn(value);
  if (!arn) return false;
  if (/^\d{12}$/.test(arn.account)) return true;
  const [name = ""] = arn.resource.split("/");
  return arn.account === "" && name.length >= 3 && !hasWildcard(name) && !hasWildcard(arn.service);
}

/** One network or endpoint: ids are made up by AWS, so that a part of one is anybody's. */
export function isIdOfNetwork({ value }: Pin): boolean {
  return /^vpce?-[0-9a-f]{8,17}$/.test(value) || (value !== "" && !hasWildcard(value));
}

/** A user, or a role with whatever session: the id is whole. */
export function isIdOfPrincipal({ value }: Pin): boolean {
  return value !== "" && !isStar(value) && (!hasWildcard(value) || /^[A-Z0-9]{4,}:/.test(value));
}

/** Only who was told it can guess it. */
export function isExternalId({ value, isPattern }: Pin): boolean {
  if (value === "" || isStar(value)) return false;
  return !isPattern || /^[^*?]{4}/.test(value);
}

/** Services that roles are passed to; a pattern for two of them names none. */
const passedTo =
  "ec2 ecs-tasks lambda glue sagemaker cloudformation codebuild states events scheduler firehose batch eks dms".split(
    " ",
  );

export function isService({ value, isPattern }: Pin): boolean {
  if (!isPattern && !isStar(value)) return value !== "";
  return (
    passedTo.filter((name) => [".com", ".com.cn"].some((end) => covers(value, `${name}.amazonaws${end}`))).length < 2 &&
    /[^*?.]/.test(value)
  );
}

/** A managed policy that gives nobody the account. */
export function isHarmlessPolicy({ value }: Pin): boolean {
  const partition = splitArn(value)?.partition ?? "aws";
  const administrators = administratorArns(/^aws[\w-]*$/.test(partition) ? partition : "aws");
  if (value === "" || administrators.some((arn) => covers(value, arn))) return false;
  const formats = serviceArnFormats("iam").filter((format) => format.includes(":policy/"));
  return !hasWildcard(value) || !formats.some((format) => coversFormat([value], format));
}

/** By key in lower case, where every value has to be something in particular. */
const tests: Readonly<Record<string, (pin: Pin) => boolean>> = {
  "aws:principalaccount": isAccount,
  "aws:principalarn": isArnOfOneOwner,
  "aws:principalorgid": isOrganization,
  "aws:principalorgpaths": isOrganizationPath,
  "aws:resourceaccount": isAccount,
  "aws:resourceorgid": isOrganization,
  "aws:resourceorgpaths": isOrganizationPath,
  "aws:sourceaccount": isAccount,
  "aws:sourcearn": isArnOfOneOwner,
  "aws:sourceorgid": isOrganization,
  "aws:sourceorgpaths": isOrganizationPath,
  "aws:sourceowner": isAccount,
  "aws:sourcevpc": isIdOfNetwork,
  "aws:sourcevpcarn": isArnOfOneOwner,
  "aws:sourcevpce": isIdOfNetwork,
  "aws:userid": isIdOfPrincipal,
  "aws:vpceaccount": isAccount,
  "aws:vpceorgid": isOrganization,
  "aws:vpceorgpaths": isOrganizationPath,
  "iam:passedtoservice": isService,
  "iam:policyarn": isHarmlessPolicy,
  "kms:calleraccount": isAccount,
  "s3:dataaccesspointaccount": isAccount,
  "s3:dataaccesspointarn": isArnOfOneOwner,
  "sts:externalid": isExternalId,
};

/**
 * Whether the values of one condition leave something out. They are alternatives, so each must be narrow, and patterns
 * are judged together.
 *
 * @param key in lower case
 */
export function narrows(key: string, pins: readonly Pin[]): boolean {
  const test = tests[key];
  if (test) return pins.length > 0 && pins.every(test);
  return pins.length > 0 && !pins.some(({ value }) => value === "" || isStar(value)) && !coverNames(pins);
}

/** Names, values of tags, aliases, ARNs. */
function coverNames(pins: readonly Pin[]): boolean {
  const patterns = pins.filter(({ value }) => hasWildcard(value)).map(({ value }) => value);
  if (patterns.length === 0) return false;
  const arns = patterns.filter((pattern) => pattern.startsWith("arn:"));
  const services = new Set(arns.map((arn) => splitArn(arn)?.service ?? ""));
  if ([...services].some((of) => serviceArnFormats(of).some((format) => coversFormat(arns, format)))) return true;
  const names = patterns.map((pattern) => pattern.replace(/^alias\//, ""));
  return identifiersOf("", "*", "").some(
    (family) =>
      family.filter((name) => names.some((pattern) => covers(pattern, name))).length >= nearlyAll * family.length,
  );
}
