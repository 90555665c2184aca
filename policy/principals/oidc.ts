/**
 * What an OIDC provider's tokens must be told apart by, so that not every user of the provider gets the role: by issuer,
 * since each binds its organisation elsewhere. After the providers' own pages on AWS.
 */
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

/** Claim → whether a value of it is somebody's in particular. One claim that binds is enough. */
type Claims = Readonly<Record<string, (pin: Pin) => boolean>>;

interface Issuer {
  readonly issuer: RegExp;
  /** The issuer's own address names the organisation or tenant: nobody else's tokens come from there. */
  readonly isOwn?: true;
  readonly claims: Claims;
  /** What to add, after `<issuer>:`. */
  readonly fix: string;
}

const exact = (pin: Pin) => !isWild(pin) && pin.value !== "";
/** A subject that begins with something, up to the first wildcard. */
const begins =
  (form: RegExp) =>
  ({ value, isPattern }: Pin) =>
    form.test(`${literal(value, isPattern)}${isPattern ? "" : ":"}`);
const subject = (form: RegExp): Claims => ({ sub: begins(form) });

const issuers: readonly Issuer[] = [
  {
    issuer: /^cognito-identity\.amazonaws\.com$/,
    claims: { aud: exact, sub: exact },
    fix: 'aud to your own identity pool\'s id: "<region>:<uuid>"',
  },
  {
    issuer: /^(accounts\.google\.com|www\.amazon\.com|graph\.facebook\.com)$/,
    claims: { aud: exact, oaud: exact, app_id: exact, sub: exact, user_id: exact, id: exact },
    fix: "aud to your application's id",
  },
  {
    issuer: /^token\.actions\.githubusercontent\.com/,
    claims: {
      sub: ({ value, isPattern }) => isGithubRepository(literal(value, isPattern)),
      repository: exact,
      repository_id: exact,
      job_workflow_ref: ({ value }) => /^[^*?/]+\/[^*?/]+\//.test(value),
    },
    fix: 'sub to a repository: "repo:<organisation>/<repository>:ref:refs/heads/main"',
  },
  {
    issuer: /(^|\.)gitlab\./,
    claims: subject(/^project_path:[^/:*?]+\/[^:*?]+:/),
    fix: 'sub to a project: "project_path:<group>/<project>:ref_type:branch:ref:main"',
  },
  {
    issuer: /^oidc\.eks\./,
    claims: subject(/^system:serviceaccount:[^:*?]+:/),
    fix: 'sub to a service account: "system:serviceaccount:<namespace>:<name>"',
  },
  {
    issuer: /^api\.pulumi\.com\/oidc/,
    claims: {
      aud: exact,
      sub: begins(
        /^pulumi:(deploy|environments|insights):([^:*?]+:[^:*?]+:)*?(org|pulumi\.organization\.login):[^:*?]+:/,
      ),
    },
    fix: 'aud to your organisation: "aws:<organisation>", of Deployments "<organisation>"',
  },
  {
    issuer: /^app\.terraform\.io$/,
    claims: subject(/^organization:[^:*?]+:/),
    fix: 'sub to a workspace: "organization:<organisation>:project:<project>:workspace:<workspace>:run_phase:*"',
  },
  {
    issuer: /^agent\.buildkite\.com$/,
    claims: subject(/^organization:[^:*?]+:/),
    fix: 'sub to a pipeline: "organization:<organisation>:pipeline:<pipeline>:*"',
  },
  {
    issuer: /^oidc\.vercel\.com$/,
    claims: { aud: exact, ...subject(/^owner:[^:*?]+:/) },
    fix: 'sub to a project: "owner:<team>:project:<project>:environment:production"',
  },
  {
    // The organisation, workspace, team, account or tenant stands in the address.
    issuer:
      /^(oidc\.circleci\.com\/org\/|api\.bitbucket\.org\/2\.0\/workspaces\/|oidc\.vercel\.com\/|vstoken\.dev\.azure\.com\/|oidc\.fly\.io\/|app\.harness\.io\/ng\/api\/oidc\/account\/|idp\.hashicorp\.com\/oidc\/organization\/|container\.googleapis\.com\/v1\/projects\/)[^/*?]+|^[\w-]+\.(app\.spacelift\.io|semaphoreci\.com)(\/|$)/,
    isOwn: true,
    claims: {},
    fix: "",
  },
  {
    // A tenant's own address, which issues tokens for each of its applications.
    issuer:
      /^(sts\.windows\.net|login\.microsoftonline\.com)\/[^/*?]+|^cognito-idp\.[\w-]+\.amazonaws\.com\/|\.(auth0|okta|oktapreview|onelogin)\.com(\/|$)/,
    claims: { aud: exact, sub: exact },
    fix: "aud to your application's id",
  },
];

/** A first part that is complete: `organization:acme:…`, not `organization:ac*`. */
const other: Omit<Issuer, "issuer"> = {
  claims: {
    sub: (pin) => (isWild(pin) ? /^[^:/|]+[:/|][^:/|]+[:/|]/.test(literal(pin.value, true)) : pin.value !== ""),
  },
  fix: "sub to one subject",
};

export function restriction(issuer: string, conditions: Conditions): Restriction {
  const { isOwn = false, claims, fix } = issuers.find((each) => each.issuer.test(issuer)) ?? other;
  const isBound = ([name, test]: readonly [string, (pin: Pin) => boolean]) =>
    isPinned(conditions, `${issuer.toLowerCase()}:${name}`, test);
  return { isRestricted: isOwn || Object.entries(claims).some(isBound), fix: `restrict ${issuer}:${fix}` };
}

function isWild({ value, isPattern }: Pin): boolean {
  return isPattern || /^\*+$/.test(value);
}

/** Up to the first wildcard, it included: what comes after it may be anywhere in the text. */
function literal(value: string, isPattern: boolean): string {
  return isPattern ? value.replace(/(?<=[*?]).*/s, "") : value;
}

/** The default subject, or one that an organisation set up and that still names the repository. */
function isGithubRepository(text: string): boolean {
  return (
    /(^|:)repo(sitory)?:[^/:*?]+\/[^/:*?]+(:|$)/.test(text) ||
    /(^|:)repository_id:\d+(:|$)/.test(text) ||
    /(^|:)job_workflow_ref:[^/:*?]+\/[^/:*?]+\//.test(text)
  );
}
