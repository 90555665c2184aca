/** Conditions that are valid and don't do what was meant (rule P26). */

import { isMultivalued, keyType } from "../catalogue/conditionKeys";
import { hasWildcard } from "../matching/wildcard";
import type { Condition, Statement } from "../model/document";
import type { Mistake } from "./operators";

type Check = (condition: Condition, statement: Statement) => Mistake | undefined;

export function* conditionMistakes(statement: Statement): Generator<Mistake> {
  for (const condition of statement.conditions) {
    for (const check of checks) {
      const mistake = check(condition, statement);
      if (mistake) yield mistake;
    }
  }
  const negation = onlyNegations(statement);
  if (negation) yield negation;
}

/** AWS's list calls its type String; Cognito's guide tests its several values with ForAnyValue. */
const alsoMultivalued = new Set(["cognito-identity.amazonaws.com:amr"]);

const quantifierOnSingle: Check = ({ quantifier, operator, key, written }, { actions }) => {
  if (quantifier === undefined || alsoMultivalued.has(key)) return undefined;
  const own = key.slice(0, key.indexOf(":"));
  const type = keyType(key, [own, ...actions.map((action) => action.split(":")[0]?.toLowerCase() ?? "")]);
  if (type === undefined || isMultivalued(type)) return undefined;
  return [`${operator} on ${written}, which has a single value`, `write it without ${quantifier}`];
};

const forAllWithoutNull: Check = ({ quantifier, operator, key, written }, { effect, conditions }) => {
  if (quantifier !== "ForAllValues" || effect !== "Allow") return undefined;
  const mustExist = conditions.some((each) => each.test === "Null" && each.key === key && isOnly(each, "false"));
  if (mustExist) return undefined;
  return [`${operator} on ${written} is true of a request without it`, `add {"Null": {"${written}": "false"}}`];
};

/** A value that isn't known yet may have a wildcard, or none. */
const wildcards: Check = ({ test, operator, key, written, values, isPartlyUnknown }) => {
  // Amazon Cognito writes its own trusts like that.
  if (key === "cognito-identity.amazonaws.com:amr") return undefined;
  if (/^String(Not)?Like$/.test(test) && !isPartlyUnknown && !values.some(hasWildcard)) {
    return [`${operator} on ${written} without a wildcard`, `write ${operator.replace("Like", "Equals")}`];
  }
  const wild = values.find(hasWildcard);
  if (!/^String(Not)?Equals(IgnoreCase)?$/.test(test) || wild === undefined) return undefined;
  const fix = `write ${operator.replace(/Equals(IgnoreCase)?/, "Like")}`;
  return [`${operator} on ${written} takes "${wild}" as plain text`, fix];
};

const everyAddress: Check = ({ test, operator, written, values }) => {
  const range = values.find((value) => /\/0$/.test(value));
  if (!/^(Not)?IpAddress$/.test(test) || range === undefined) return undefined;
  return [`${operator} on ${written} with ${range}, which is every address`, "write the ranges that are meant"];
};

/** Keys that restrict who, from where or for whom, and that a request may lack. */
const restricting =
  /^(aws:(source(arn|account|orgid|orgpaths|ip|vpc|vpcarn|vpce|identity)|principal(arn|account|orgid|orgpaths|tag\/.*)|vpce(account|orgid|orgpaths)|resource(account|orgid|orgpaths|tag\/.*)|requesttag\/.*|multifactorauth(present|age))|iam:passedtoservice|sts:externalid|[\w-]+:resourcetag\/.*)$/;

const ifExists: Check = ({ ifExists, operator, key, written }, { effect, conditions }) => {
  if (!ifExists || effect !== "Allow" || !restricting.test(key)) return undefined;
  const alsoHeld = conditions.some((each) => each.key === key && (!each.ifExists || each.test === "Null"));
  if (alsoHeld) return undefined;
  return [
    `${operator} on ${written} lets every request pass that lacks it`,
    `write ${operator.replace("IfExists", "")}`,
  ];
};

/** Access keys of users send no such key at all. */
const mfaOfKeys: Check = ({ test, ifExists, operator, key, written, values }, { effect }) => {
  if (effect !== "Deny" || test !== "Bool" || ifExists || key !== "aws:multifactorauthpresent") return undefined;
  if (!values.some((value) => value.toLowerCase() === "false")) return undefined;
  return [`a Deny by ${operator} on ${written} spares requests with long-term access keys`, "write BoolIfExists"];
};

const checks: readonly Check[] = [quantifierOnSingle, forAllWithoutNull, wildcards, everyAddress, ifExists, mfaOfKeys];

const negated = /^(StringNot|ArnNot|NumericNot|DateNot|NotIpAddress)/;

function onlyNegations({ effect, conditions, unknown }: Statement): Mistake | undefined {
  const [first] = conditions;
  if (effect !== "Allow" || first === undefined || unknown.has("Condition")) return undefined;
  if (!conditions.every(({ test }) => negated.test(test))) return undefined;
  const named = conditions.map(({ operator, written }) => `${operator} on ${written}`).join(" and ");
  return [`it allows by ${named} alone, which is true of a request without the key`, "say which values are allowed"];
}

function isOnly({ values }: Condition, wanted: string): boolean {
  return values.length > 0 && values.every((value) => value.toLowerCase() === wanted);
}
