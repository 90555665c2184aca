/** What an OIDC provider's tokens must be told apart by, so that not every user of the provider gets the role. */

import type { Pin } from "../matching/conditionValues";
import { isPinned } from "../matching/pins";
import type { Conditions } from "../model/document";

/** The issuer of a federated principal, `token.actions.githubusercontent.com`; undefined for SAML. */
export function issuerOf(principal: string): string | undefined {
  const [, issuer] = /:oidc-provider\/(.+)$/.exec(principal) ?? [];
  if (issuer !== undefined) return issuer;
  return principal.includes(":saml-provider/") ? undefined : principal;
}

export interface Restriction {
  readonly isRestricted: boolean;
  readonly fix: string;
}

export function restriction(issuer: string, conditions: Conditions): Restriction {
  const claim = (name: string, isTight: (pin: Pin) => boolean) =>
    isPinned(conditions, `${issuer.toLowerCase()}:${name}`, isTight);
  const exact = (pin: Pin) => !isWild(pin) && pin.value !== "";
  if (issuer === "cognito-identity.amazonaws.com") {
    const fix = `add {"StringEquals": {"${issuer}:aud": "<identity pool id>"}}`;
    return { isRestricted: claim("aud", exact) || claim("sub", exact), fix };
  }
  if (["accounts.google.com", "www.amazon.com", "graph.facebook.com"].includes(issuer)) {
    const fix = `add {"StringEquals": {"${issuer}:aud": "<your application's id>"}}`;
    return { isRestricted: ["aud", "oaud", "app_id", "sub", "user_id", "id"].some((name) => claim(name, exact)), fix };
  }
  if (/^token\.actions\.githubusercontent\.com/.test(issuer)) {
    const isRestricted =
      claim("sub", ({ value, isPattern }) => isGithubRepository(literal(value, isPattern))) ||
      claim("repository", exact) ||
      claim("repository_id", exact) ||
      claim("job_workflow_ref", (pin) => /^[^*?/]+\/[^*?/]+\//.test(pin.value));
    const fix = `restrict ${issuer}:sub to a repository: "repo:<organisation>/<repository>:ref:refs/heads/main"`;
    return { isRestricted, fix };
  }
  if (/(^|\.)gitlab\./.test(issuer)) {
    const isRestricted = claim("sub", ({ value, isPattern }) =>
      /^project_path:[^/:]+\/[^:]+:/.test(`${literal(value, isPattern)}${isPattern ? "" : ":"}`),
    );
    const fix = `restrict ${issuer}:sub to a project: "project_path:<group>/<project>:ref_type:branch:ref:main"`;
    return { isRestricted, fix };
  }
  if (/^oidc\.eks\./.test(issuer)) {
    const isRestricted = claim("sub", ({ value, isPattern }) =>
      /^system:serviceaccount:[^:]+:/.test(literal(value, isPattern)),
    );
    const fix = `restrict ${issuer}:sub to a service account: "system:serviceaccount:<namespace>:<name>"`;
    return { isRestricted, fix };
  }
  // A first part that is complete: `organization:acme:…`, not `organization:ac*`.
  const isRestricted = claim("sub", (pin) =>
    isWild(pin) ? /^[^:/|]+[:/|][^:/|]+[:/|]/.test(literal(pin.value, true)) : pin.value !== "",
  );
  return { isRestricted, fix: `restrict ${issuer}:sub to one subject` };
}

function isWild({ value, isPattern }: Pin): boolean {
  return isPattern || /^\*+$/.test(value);
}

/** Up to the first wildcard: what comes after it may be anywhere in the text. */
function literal(value: string, isPattern: boolean): string {
  return isPattern ? value.replace(/(?<=[*?]).*/, "") : value;
}

/** The default subject, or one that an organisation set up and that still names the repository. */
function isGithubRepository(text: string): boolean {
  return (
    /(^|:)repo(sitory)?:[^/:*?]+\/[^/:*?]+(:|$)/.test(text) ||
    /(^|:)repository_id:\d+(:|$)/.test(text) ||
    /(^|:)job_workflow_ref:[^/:*?]+\/[^/:*?]+\//.test(text)
  );
}
