import assert from "node:assert/strict";
import { oidcSubject } from "../../policy/rules/trusts/p18-oidc-subject";
import { messages } from "./judge";

type Claims = Readonly<Record<string, string | readonly string[]>>;

const provider = (issuer: string) => `arn:aws:iam::111122223333:oidc-provider/${issuer}`;

/** What P18 says of a trust in the issuer, with conditions on its claims. */
function judge(issuer: string, operator: string, claims: Claims, federated = provider(issuer)): string[] {
  const Condition = {
    [operator]: Object.fromEntries(Object.entries(claims).map(([claim, value]) => [`${issuer}:${claim}`, value])),
  };
  const statement = {
    Effect: "Allow",
    Principal: { Federated: federated },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition,
  };
  return messages(oidcSubject, "trust", { Version: "2012-10-17", Statement: [statement] });
}

/** Claims that are enough for the issuer, and claims that are not. */
function check(issuer: string, operator: string, enough: readonly Claims[], tooFew: readonly Claims[]): void {
  for (const claims of enough) assert.deepEqual(judge(issuer, operator, claims), [], JSON.stringify(claims));
  for (const claims of tooFew) assert.equal(judge(issuer, operator, claims).length, 1, JSON.stringify(claims));
}

describe("subjects of OIDC providers", () => {
  const github = "token.actions.githubusercontent.com";

  it("P18: GitHub's subject names organisation and repository in full", () => {
    const enough = [
      "repo:acme/orders",
      "repo:acme/orders:ref:refs/heads/main",
      "repository:acme/orders:environment:prod",
      "environment:prod:repo:acme/orders",
      "repository_id:123456",
      "environment:prod:repository_id:123456:ref:refs/heads/main",
      "job_workflow_ref:acme/orders/.github/workflows/deploy.yml@refs/heads/main",
      "environment:prod:job_workflow_ref:acme/orders/.github/workflows/deploy.yml@v1",
    ];
    const tooFew = ["", "*", "repo:acme", "myrepo:acme/orders", "repo:/orders", "repo:acme/", "repo:acme/orders/more"];
    tooFew.push("repository_owner_id:42", "repository_id:x", "the_repository_id:123", "repository_id:123x");
    tooFew.push("job_workflow_ref:acme/orders", "job_workflow_ref:acme//x", "a_job_workflow_ref:acme/orders/x");
    const sub = (value: string): Claims => ({ sub: value });
    check(github, "StringEquals", enough.map(sub), tooFew.map(sub));
    const patterns = ["repo:acme/orders:*", "repo:acme/orders:ref:refs/heads/v?", "repository_id:123456:*"];
    const wide = ["repo:acme/orders*", "repo:acme/*", "repo:*/orders:*", "*repo:acme/orders:*", "repository_id:1234*"];
    wide.push("*:repo:acme/orders", "job_workflow_ref:acme/*/x", "job_workflow_ref:a?/orders/x");
    check(github, "StringLike", patterns.map(sub), wide.map(sub));
  });

  it("P18: GitHub's repository, its number or the workflow do in place of the subject", () => {
    check(
      github,
      "StringLike",
      [
        { repository: "acme/orders" },
        { repository_id: "123456" },
        { job_workflow_ref: "acme/workflows/.github/workflows/deploy.yml@*" },
      ],
      [
        { repository: "acme/*" },
        { repository: "" },
        { repository_id: "*" },
        { job_workflow_ref: "acme/*/deploy.yml" },
        { job_workflow_ref: "*/acme/orders/deploy.yml" },
        { job_workflow_ref: "acme/orders" },
        { job_workflow_ref: "a*e/orders/deploy.yml" },
        { repository_owner: "acme" },
        { aud: "sts.amazonaws.com" },
      ],
    );
    assert.equal(judge(`ghe.acme.com/${github}`, "StringEquals", { repository: "acme/orders" }).length, 1);
    assert.deepEqual(judge(`${github}/acme`, "StringEquals", { repository: "acme/orders" }), [], "an enterprise's own");
  });

  it("P18: GitLab's subject names the project", () => {
    for (const issuer of ["gitlab.com", "gitlab.acme.com", "code.gitlab.acme.com"]) {
      check(
        issuer,
        "StringLike",
        [
          { sub: "project_path:acme/orders:ref_type:branch:ref:main" },
          { sub: "project_path:acme/data/orders:*" },
          { sub: "project_path:acme/orders" },
        ],
        [{ sub: "project_path:acme/*" }, { sub: "project_path:acme:*" }, { sub: "a_project_path:acme/orders:*" }],
      );
    }
  });

  it("P18: EKS's subject names the namespace", () => {
    const issuer = "oidc.eks.eu-west-1.amazonaws.com/id/4F1E2D3C4B5A69788796A5B4C3D2E1F0";
    check(
      issuer,
      "StringLike",
      [{ sub: "system:serviceaccount:data:loader" }, { sub: "system:serviceaccount:data:*" }],
      [
        { sub: "system:serviceaccount:*:loader" },
        { sub: "system:serviceaccount::loader" },
        { sub: "system:serviceaccount:data*" },
        { sub: "the:system:serviceaccount:data:loader" },
        { aud: "sts.amazonaws.com" },
      ],
    );
    // Not EKS, though its name has it: any complete subject does.
    assert.deepEqual(judge("acme.oidc.eks.io", "StringEquals", { sub: "loader" }), []);
  });

  it("P18: Cognito's pool, and the application at Google, Amazon and Facebook", () => {
    const cognito = "cognito-identity.amazonaws.com";
    const pool = "eu-west-1:01234567-89ab-cdef-0123-456789abcdef";
    check(cognito, "StringEquals", [{ aud: pool }, { sub: pool }], [{ amr: "authenticated" }, { aud: "" }]);
    check(cognito, "StringLike", [], [{ aud: "eu-west-1:*" }, { aud: "*" }]);
    check("accounts.google.com", "StringEquals", [{ aud: "1" }, { oaud: "1" }, { sub: "1" }], [{ email: "a@b.c" }]);
    check("www.amazon.com", "StringEquals", [{ app_id: "1" }, { user_id: "1" }], [{ app_id: "" }, { app_id: "*" }]);
    check("graph.facebook.com", "StringEquals", [{ app_id: "1" }, { id: "1" }], [{ id: ["1", ""] }]);
    for (const issuer of ["accounts.google.com", "www.amazon.com", "graph.facebook.com", cognito]) {
      const [message = ""] = judge(issuer, "StringEquals", { amr: "x" }, issuer);
      assert.match(message, new RegExp(`Fix: restrict ${issuer}:aud to your`));
    }
  });

  it("P18: another provider's subject is complete, or begins with two complete parts", () => {
    const issuer = "oidc.example.com";
    const [message = ""] = judge(issuer, "StringEquals", { aud: "sts.amazonaws.com" });
    assert.match(
      message,
      /lets any subject of oidc\.example\.com .* Fix: restrict oidc\.example\.com:sub to one subject/,
    );
    check(issuer, "StringEquals", [{ sub: "organization" }, { sub: "a*" }], [{ sub: "" }, { sub: "**" }, { sub: "*" }]);
    check(
      issuer,
      "StringLike",
      [{ sub: "organization:acme:*" }, { sub: "organization/acme/*" }, { sub: "auth0|acme|?" }],
      [{ sub: "organization:*" }, { sub: "organization:ac*" }, { sub: ":acme:*" }, { sub: "*:acme:x:y" }],
    );
  });

  it("P41: Pulumi Cloud binds the organisation in the audience or the subject", () => {
    const issuer = "api.pulumi.com/oidc";
    const deploy = "pulumi:deploy:org:acme:project:shop:stack:prod:operation:update:scope:write";
    check(
      issuer,
      "StringEquals",
      [{ aud: "acme" }, { aud: "aws:acme" }, { sub: deploy }, { aud: "aws:acme", sub: "pulumi:deploy:*" }],
      [{ aud: "" }, { aud: "*" }, {}],
    );
    check(
      issuer,
      "StringLike",
      [{ sub: "pulumi:deploy:org:acme:*" }, { sub: "pulumi:environments:pulumi.organization.login:acme:*" }],
      [
        { sub: "pulumi:deploy:*" },
        { sub: "pulumi:deploy:org:*" },
        { sub: "pulumi:deploy:org:ac*" },
        { sub: "*:org:acme:*" },
      ],
    );
    check(issuer, "StringLike", [], [{ sub: ["pulumi:deploy:org:acme:*", "pulumi:deploy:*"] }, { aud: "aws:*" }]);
  });

  it("P41: an issuer whose address names the organisation vouches for its users alone", () => {
    for (const issuer of [
      "oidc.circleci.com/org/0f8e4a62-52a3-4f0c-9f0d-3b1f6a0c7d11",
      "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc",
      "vstoken.dev.azure.com/0f8e4a62-52a3-4f0c-9f0d-3b1f6a0c7d11",
      "oidc.vercel.com/acme",
      "oidc.fly.io/acme",
      "acme.app.spacelift.io",
      "container.googleapis.com/v1/projects/acme/locations/europe-west1/clusters/orders",
    ]) {
      assert.deepEqual(judge(issuer, "StringEquals", { aud: "sts.amazonaws.com" }), [], issuer);
    }
    for (const issuer of ["oidc.circleci.com/org/", "oidc.vercel.com", "app.spacelift.io", "oidc.circleci.com"]) {
      assert.equal(judge(issuer, "StringEquals", { aud: "" }).length, 1, issuer);
    }
  });

  it("P41: subjects and audiences of the other providers that teams use", () => {
    check("app.terraform.io", "StringLike", [{ sub: "organization:acme:*" }], [{ sub: "organization:*" }]);
    check("app.terraform.io", "StringEquals", [], [{ aud: "aws.workload.identity" }]);
    check(
      "agent.buildkite.com",
      "StringLike",
      [{ sub: "organization:acme:pipeline:shop:*" }],
      [{ sub: "*:pipeline:shop:*" }],
    );
    check("oidc.vercel.com", "StringLike", [{ sub: "owner:acme:project:shop:*" }], [{ sub: "owner:*:project:shop:*" }]);
    for (const issuer of [
      "login.microsoftonline.com/0f8e4a62-52a3-4f0c-9f0d-3b1f6a0c7d11/v2.0",
      "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI",
      "acme.eu.auth0.com/",
      "acme.okta.com",
    ]) {
      check(issuer, "StringEquals", [{ aud: "shop" }, { sub: "ada" }], [{ aud: "" }, { amr: "x" }]);
    }
  });

  it("P18: SAML has no such subject, and a provider's URL may stand for its ARN", () => {
    const saml = "arn:aws:iam::111122223333:saml-provider/acme";
    assert.deepEqual(judge("saml", "StringEquals", { aud: "https://signin.aws.amazon.com/saml" }, saml), []);
    assert.match(
      judge("www.amazon.com", "StringEquals", {}, "www.amazon.com")[0] ?? "",
      /subject of www\.amazon\.com /,
    );
  });
});
