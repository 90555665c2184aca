import { actionInfo } from "../../catalogue/actions";
import { isForSomebody, isNarrowedBy } from "../../matching/pins";
import { isEveryResource } from "../../matching/resources";
import { isStar } from "../../matching/wildcard";
import type { Statement } from "../../model/document";
import type { DocumentRule, Finding } from "../../model/rule";
import { isKeyRoot } from "../../principals/keyRoot";
import { allows, awsPrincipals, isAnybody } from "../../principals/principal";

const key = "arn:aws:kms:eu-west-1:111122223333:key/0f8e4a62-52a3-4f0c-9f0d-3b1f6a0c7d11";
const decrypt = { Sid: "Decrypt", Effect: "Allow", Action: "kms:Decrypt" };

/** P20: keys that more can use than should, and principals that can use more keys. */
export const keys: DocumentRule = {
  id: "P20",
  name: "kms-narrow-keys",
  title: "Keys for those who need them",
  level: "mandatory",
  severity: "high",
  why: "Whoever may use a key reads everything that is encrypted with it.",
  details:
    "In a key's policy an Allow for `*` is refused unless a condition names an account, an organisation or a principal (kms:ViaService alone " +
    "doesn't: every account may use the service), and `kms:*` for anyone but the root of one account: the statement that AWS itself recommends, since without it the key can " +
    "become unmanageable and the account's IAM policies have no say. " +
    "In the policies of roles and users kms:Decrypt and kms:ReEncryptFrom on all keys (`*`, `key/*`) are refused, unless a condition on " +
    "kms:ResourceAliases, kms:RequestAlias, aws:ResourceTag or an encryption context picks keys or data. Denials are fine. Statements for every action (`*`) are rule P1.",
  sources: ["checkov CKV_AWS_33", "AWS FSBP KMS.1, KMS.2"],
  wrong: { kind: "identity", document: { Version: "2012-10-17", Statement: [{ ...decrypt, Resource: "*" }] } },
  right: { kind: "identity", document: { Version: "2012-10-17", Statement: [{ ...decrypt, Resource: key }] } },
  scope: "document",
  kinds: ["identity", "resource"],
  absenceOf: ["Condition"],
  *check({ kind, service, document }) {
    for (const statement of document.statements) {
      if (statement.effect !== "Allow" || statement.actions.some((action) => isStar(action.split(":")[0] ?? "")))
        continue;
      if (kind === "identity") yield* onEveryKey(statement);
      else if (service === "kms") yield* forTooMany(statement);
    }
  },
};

function* forTooMany(statement: Statement): Generator<Finding> {
  const { label, actions, conditions } = statement;
  const principals = awsPrincipals(statement);
  if (principals.some(isAnybody) && !isForSomebody(conditions)) {
    const message = `it lets the principal "*" do ${actions.join(", ")} with the key`;
    yield { statement: label, message, fix: "name the roles, or add a condition on kms:CallerAccount", actions };
    return;
  }
  const wide = actions.find((action) => isEveryKmsAction(action));
  if (wide === undefined || !statement.principals || isKeyRoot(statement) || hides(statement)) return;
  const whom = Object.values(statement.principals).flat().join(", ");
  const message = `it allows "${wide}", the key's deletion and policy included, to ${whom}`;
  const fix =
    "name the actions: kms:Decrypt, kms:GenerateDataKey for users of the key; kms:DescribeKey, kms:PutKeyPolicy, kms:EnableKeyRotation, kms:ScheduleKeyDeletion for its administrators";
  yield { statement: label, message, fix, actions: [wide] };
}

/** Some principal is known at the update only. */
function hides({ unknown }: Statement): boolean {
  return unknown.has("Principal");
}

function isEveryKmsAction(action: string): boolean {
  return /^kms:/i.test(action) && isStar(action.slice("kms:".length));
}

const reading = ["kms:Decrypt", "kms:ReEncryptFrom"];

function* onEveryKey({ label, actions, resources, conditions }: Statement): Generator<Finding> {
  for (const action of reading) {
    const info = actionInfo(action);
    if (!info || !allows(actions, action) || picksKeys(conditions)) continue;
    if (!isEveryResource(resources, info)) continue;
    const every = resources.find((resource) => isEveryResource([resource], info)) ?? resources.join('", "');
    const fix = "name the keys: arn:aws:kms:<region>:<account>:key/<key id>, or pick them by kms:ResourceAliases";
    yield { statement: label, message: `it allows ${action} on "${every}", every key`, fix, actions: [action] };
  }
}

function picksKeys(conditions: Statement["conditions"]): boolean {
  const keys = conditions
    .map(({ key }) => key)
    .filter((key) => /^(kms:resourcealiases|kms:requestalias|kms:encryptioncontext:.+|aws:resourcetag\/.+)$/.test(key));
  // ForAnyValue is how a list of aliases is asked for.
  return keys.some((key) => isNarrowedBy(conditions, key));
}
