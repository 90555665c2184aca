/** Which account a resource is in, as far as its own properties tell. */
import { asArray } from "../model/shape";

/** IAM takes only policies of the role's own account; those of AWS have no account. */
const sameAccount = ["arn", "permissionsBoundary", "managedPolicyArns", "policyArn"];

export function ownAccounts(type: string, props: Readonly<Record<string, unknown>>): readonly string[] {
  if (!type.startsWith("aws:iam/")) return [];
  const arns = sameAccount.flatMap((property) => asArray(props[property]));
  const accounts = arns.map((arn) =>
    typeof arn === "string" ? /^arn:[^:]+:iam::(\d{12}):/.exec(arn)?.[1] : undefined,
  );
  return [...new Set(accounts)].filter((account) => account !== undefined);
}

/** What the provider is bound to. */
export function accountsOfProvider(props: Readonly<Record<string, unknown>>): readonly string[] {
  const allowed = asArray(list(props.allowedAccountIds)).filter((each) => typeof each === "string");
  return allowed.length === 1 && /^\d{12}$/.test(allowed[0] as string) ? (allowed as string[]) : [];
}

/** A provider's lists are JSON texts. */
function list(value: unknown): unknown {
  if (typeof value !== "string" || !value.startsWith("[")) return value;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
