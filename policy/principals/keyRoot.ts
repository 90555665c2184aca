/** The statement that AWS itself puts into every key's policy. */
import type { Statement } from "../model/document";
import { accountOf } from "./principal";

/**
 * Whether it lets the root of one account do everything with the key: without it the key can become unmanageable, and
 * the account's IAM policies have no say.
 */
export function isKeyRoot({ effect, principals = {} }: Statement): boolean {
  const named = principals.AWS ?? [];
  return (
    effect === "Allow" &&
    named.length > 0 &&
    Object.keys(principals).every((kind) => kind === "AWS") &&
    new Set(named.map(accountOf)).size === 1 &&
    named.every((each) => /^(\d{12}|arn:[^:]+:iam::\d{12}:root)$/.test(each))
  );
}
