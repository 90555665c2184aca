import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { roleArnOf } from "./account";
import type { Context } from "./context";
import { physicalName } from "./naming";
import { explainedDocument, policyDocument, type Statement } from "./policyDocument";

/** Who may assume a role: one principal, under conditions. */
export interface Trust {
  readonly why: string;
  /** @default none */
  readonly Sid?: string;
  readonly Principal: Readonly<Record<string, pulumi.Input<string>>>;
  readonly Condition: Readonly<Record<string, Readonly<Record<string, pulumi.Input<string>>>>>;
}

export interface RoleArgs {
  /** What the role is for; characters that IAM refuses are left out. */
  readonly description: string;
  readonly trust: Trust;
  /** What the role may do: its inline policy. */
  readonly statements: pulumi.Input<readonly Statement[]>;
  /** Physical name. @default the deployed component's and `part` */
  readonly roleName?: string;
  /** What doesn't fit into the inline policy, a managed policy for each list. @default none */
  readonly more?: readonly (readonly Statement[])[];
}

export interface ComponentRole {
  readonly role: aws.iam.Role;
  readonly roleName: string;
  /** Known at preview. */
  readonly arn: pulumi.Output<string>;
  /** Whoever uses the role waits for these, or its first calls are denied. */
  readonly policies: readonly pulumi.Resource[];
}

/** A role with exactly the policies that are given here. `part` ends its names, for example `load-role`. */
export function role(context: Context, part: string, args: RoleArgs): ComponentRole {
  const name = `${context.name}-${part}`;
  const child = { parent: context.parent };
  const roleName = args.roleName ?? physicalName(context.name, part, "role");
  const made = new aws.iam.Role(
    name,
    {
      name: roleName,
      description: args.description.replace(/[^\w .,:/'-]/g, ""),
      assumeRolePolicy: explainedDocument([{ Effect: "Allow", Action: "sts:AssumeRole", ...args.trust }]),
      permissionsBoundary: context.permissionsBoundaryArn,
      tags: context.tags,
    },
    child,
  );
  const inline = new aws.iam.RolePolicy(
    `${name}-policy`,
    { role: made.name, policy: policyDocument(args.statements) },
    child,
  );
  const managed = (args.more ?? []).map((statements, i) => managedPolicy(context, part, made, statements, i + 2));
  return { role: made, roleName, arn: roleArnOf(context.account, roleName), policies: [inline, ...managed] };
}

/** @returns the attachment, without which the policy is nobody's */
function managedPolicy(
  context: Context,
  part: string,
  attachTo: aws.iam.Role,
  statements: readonly Statement[],
  number: number,
): pulumi.Resource {
  const name = `${context.name}-${part}-policy-${number}`;
  const child = { parent: context.parent };
  const policy = new aws.iam.Policy(
    name,
    {
      name: physicalName(context.name, `${part.replace(/-role$/, "")}-${number}`, "policy"),
      policy: policyDocument(statements),
      tags: context.tags,
    },
    child,
  );
  return new aws.iam.RolePolicyAttachment(`${name}-attachment`, { role: attachTo.name, policyArn: policy.arn }, child);
}

/** One AWS service, for this account alone (no confused deputy). */
export function serviceTrust({ account }: Context, service: string): Trust {
  return {
    why: "takes the role",
    Principal: { Service: service },
    Condition: { StringEquals: { "aws:SourceAccount": account.accountId } },
  };
}

/** Somebody in another account who has to know the External ID, which keeps that account's other customers out. */
export function externalTrust(
  sid: string,
  principal: pulumi.Input<string>,
  externalId: pulumi.Input<string>,
  why: string,
): Trust {
  return {
    why,
    Sid: sid,
    Principal: { AWS: principal },
    Condition: { StringEquals: { "sts:ExternalId": externalId } },
  };
}
