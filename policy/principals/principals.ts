/** The roles of a stack: their trust, every document attached to them by whatever resource, and who runs with them. */

import { findDocuments } from "../document/locations";
import type { PolicyDocument } from "../model/document";
import type { Resource } from "../model/rule";
import { unknown } from "../model/unknown";
import { policiesAttachedBy } from "./managedPolicies";
import { type References, references } from "./references";
import { type Workload, workloadsOf } from "./workloads";

/** How something came to be attached to a role: the resource type's last part, or the role's own property. */
export type How =
  | "inlinePolicies"
  | "managedPolicyArns"
  | "RolePolicy"
  | "RolePolicyAttachment"
  | "PolicyAttachment"
  | "RolePoliciesExclusive"
  | "RolePolicyAttachmentsExclusive";

export interface Attachment {
  readonly how: How;
  /** Of the attaching resource. */
  readonly resource: Resource;
  /** Documents that came with it. */
  readonly documents: readonly PolicyDocument[];
  /** ARNs of managed policies, of AWS's and one's own. */
  readonly arns: readonly string[];
}

export interface RoleModel {
  readonly resource: Resource;
  readonly name: string | undefined;
  readonly arn: string | undefined;
  readonly trust: PolicyDocument | undefined;
  readonly attachments: readonly Attachment[];
}

export interface Principals {
  readonly roles: readonly RoleModel[];
  /** Functions, tasks and the like, each with the role it runs with. */
  readonly workloads: readonly Workload[];
  readonly references: References;
  /** URNs of the resources whose documents have come to a role, as its permissions or its boundary. */
  readonly attached: ReadonlySet<string>;
}

const models = new WeakMap<readonly Resource[], Principals>();

/** Worked out once for the resources of a stack. */
export function principalsOf(resources: readonly Resource[]): Principals {
  let model = models.get(resources);
  if (!model) {
    model = build(resources);
    models.set(resources, model);
  }
  return model;
}

const roleType = "aws:iam/role:Role";

/** Type → how, the property that names the role or roles. */
const attaching: Readonly<Record<string, readonly [How, string]>> = {
  "aws:iam/rolePolicy:RolePolicy": ["RolePolicy", "role"],
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ["RolePolicyAttachment", "role"],
  "aws:iam/policyAttachment:PolicyAttachment": ["PolicyAttachment", "roles"],
  "aws:iam/rolePoliciesExclusive:RolePoliciesExclusive": ["RolePoliciesExclusive", "roleName"],
  "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive": [
    "RolePolicyAttachmentsExclusive",
    "roleName",
  ],
};

function build(resources: readonly Resource[]): Principals {
  const known = references(resources);
  const attachments = new Map<string, Attachment[]>();
  const attached = new Set<string>();
  const attach = (urn: string, attachment: Attachment) => {
    attachments.set(urn, [...(attachments.get(urn) ?? []), attachment]);
  };
  for (const resource of resources) {
    const [how, property] = attaching[resource.type] ?? [];
    if (!how || !property) continue;
    const managed = managedOf(resource, known);
    const own = how === "RolePolicy" ? documentsOf(resource, "identity") : [];
    for (const role of known.named(resource, property, roleType)) {
      attach(role.urn, { how, resource, documents: [...own, ...managed.documents], arns: managed.arns });
      for (const urn of [resource.urn, ...managed.urns]) attached.add(urn);
    }
  }
  // A boundary grants nothing to anyone.
  for (const resource of resources) {
    for (const { urn } of known.named(resource, "permissionsBoundary", "aws:iam/policy:Policy")) attached.add(urn);
  }
  const roles = resources
    .filter(({ type }) => type === roleType)
    .map((resource): RoleModel => {
      const { name, arn, inlinePolicies, managedPolicyArns } = resource.props;
      const own: Attachment[] = [];
      if (inlinePolicies !== undefined && inlinePolicies !== null) {
        const documents = documentsOf(resource, "identity");
        // The provider tells of what RolePolicy resources have put on the role, once it is there.
        own.push({ how: "inlinePolicies", resource, documents, arns: [] });
      }
      if (managedPolicyArns !== undefined && managedPolicyArns !== null) {
        const { documents, arns, urns } = managedOf(resource, known);
        own.push({ how: "managedPolicyArns", resource, documents, arns });
        for (const urn of urns) attached.add(urn);
      }
      return {
        resource,
        name: text(name),
        arn: text(arn),
        trust: documentsOf(resource, "trust")[0],
        attachments: [...own, ...(attachments.get(resource.urn) ?? [])],
      };
    });
  return { roles, workloads: workloadsOf(resources, known), references: known, attached };
}

/** ARNs that a resource attaches, and the documents of those policies that stand in the stack. */
function managedOf(
  resource: Resource,
  known: References,
): Pick<Attachment, "documents" | "arns"> & { readonly urns: readonly string[] } {
  const properties = ["policyArn", "policyArns", "managedPolicyArns"];
  const policies = properties.flatMap((property) => known.named(resource, property, "aws:iam/policy:Policy"));
  return {
    // A boundary grants when it is attached.
    documents: policies.flatMap(({ type, props }) => findDocuments(type, props).map(({ document }) => document)),
    arns: policiesAttachedBy(resource).map(({ arn }) => arn),
    urns: policies.map(({ urn }) => urn),
  };
}

function documentsOf({ type, props }: Resource, kind: "identity" | "trust"): PolicyDocument[] {
  return findDocuments(type, props)
    .filter((found) => found.kind === kind)
    .map(({ document }) => document);
}

function text(value: unknown): string | undefined {
  return value === unknown || typeof value !== "string" ? undefined : value;
}
