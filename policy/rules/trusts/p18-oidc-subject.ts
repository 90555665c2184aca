import type { DocumentRule } from "../../model/rule";
import { issuerOf, restriction } from "../../principals/oidc";
import { allows } from "../../principals/principal";

const github = "token.actions.githubusercontent.com";
const trust = {
  Sid: "Workflows",
  Effect: "Allow",
  Principal: { Federated: `arn:aws:iam::111122223333:oidc-provider/${github}` },
  Action: "sts:AssumeRoleWithWebIdentity",
};
const audience = { [`${github}:aud`]: "sts.amazonaws.com" };

/** P18: an identity provider that serves the world vouches for anybody. */
export const oidcSubject: DocumentRule = {
  id: "P18",
  name: "iam-oidc-subject",
  title: "OIDC trusts name the subject",
  level: "mandatory",
  severity: "critical",
  why: "The provider signs tokens for all of its users: without a restricted subject each of them can take the role on.",
  details:
    "A trust for an OIDC provider needs a condition on the claim that binds at that provider. GitHub: `<issuer>:sub` names organisation and repository in full " +
    "(`repo:acme/orders:*` passes; `repo:*`, `repo:acme/*`, `repo:acme/orders*` and `environment:prod` don't), or repository, repository_id or job_workflow_ref do. GitLab: " +
    "`project_path:<group>/<project>:…`. EKS: `system:serviceaccount:<namespace>:…` with the namespace in full. Terraform Cloud and Buildkite: `organization:<name>:…`. Pulumi Cloud: the audience, or the organisation in the subject (`pulumi:deploy:*` is everybody's). " +
    "Vercel: `owner:<team>:…` or the audience. Cognito identity pools, Google, Amazon, Facebook, Cognito user pools, Azure AD, Auth0, Okta and OneLogin: the audience is the own pool's or application's. " +
    "CircleCI, Bitbucket, Azure DevOps, Fly, Harness, HCP, Spacelift, Semaphore, GKE and Vercel's teams have an issuer of their own for each organisation, which is enough. Other providers: `<issuer>:sub` without wildcard, or with one after a first complete part. " +
    "`IfExists`, `ForAllValues` and negated conditions don't count. Of several values each must be tight.",
  sources: ["checkov CKV_AWS_358", "AWS IAM user guide: OIDC federation"],
  wrong: {
    kind: "trust",
    document: { Version: "2012-10-17", Statement: [{ ...trust, Condition: { StringEquals: audience } }] },
  },
  right: {
    kind: "trust",
    document: {
      Version: "2012-10-17",
      Statement: [
        {
          ...trust,
          Condition: { StringEquals: { ...audience, [`${github}:sub`]: "repo:acme/orders:ref:refs/heads/main" } },
        },
      ],
    },
  },
  scope: "document",
  kinds: ["trust"],
  absenceOf: ["Condition"],
  *check({ document }) {
    for (const { label, effect, actions, principals, conditions } of document.statements) {
      if (effect !== "Allow" || !allows(actions, "sts:AssumeRoleWithWebIdentity")) continue;
      for (const principal of principals?.Federated ?? []) {
        const issuer = issuerOf(principal);
        if (issuer === undefined || issuer === "*") continue;
        const { isRestricted, fix } = restriction(issuer, conditions);
        if (!isRestricted) yield { statement: label, message: `it lets any subject of ${issuer} assume the role`, fix };
      }
    }
  },
};
