/** Where policy documents stand in Pulumi AWS resources: type token → the documents in its properties. */
import type { DocumentKind, FoundDocument } from "../model/document";
import { asArray, foundType, isRecord } from "../model/shape";
import { unknown } from "../model/unknown";
import { readDocument } from "./readDocument";
import { resourcePolicies } from "./resourcePolicies";

interface Place {
  readonly path: string;
  readonly kind: DocumentKind;
  readonly service?: string;
  readonly source: unknown;
}

type Props = Readonly<Record<string, unknown>>;
type Finder = (props: Props) => readonly Place[];

const identity =
  (property = "policy"): Finder =>
  (props) => [{ path: property, kind: "identity", source: props[property] }];

const inlinePolicies = ({ inlinePolicies: inline }: Props): Place[] =>
  inline === unknown
    ? [{ path: "inlinePolicies", kind: "identity", source: unknown }]
    : asArray(inline).map((each, i) => ({
        path: `inlinePolicies[${i}].policy`,
        kind: "identity",
        source: isRecord(each) ? each.policy : each,
      }));

const multiRegionAccessPoint: Finder = ({ details }) => [
  { path: "details.policy", kind: "resource", service: "s3", source: isRecord(details) ? details.policy : details },
];

/** Service and resource control policies; tag, backup and chat policies are in languages of their own. */
const organizationPolicy: Finder = ({ type = "SERVICE_CONTROL_POLICY", content }) =>
  type === "SERVICE_CONTROL_POLICY" || type === "RESOURCE_CONTROL_POLICY"
    ? [{ path: "content", kind: "guardrail", service: "organizations", source: content }]
    : [];

const finders: Readonly<Record<string, Finder>> = {
  "aws:iam/role:Role": (props) => [
    { path: "assumeRolePolicy", kind: "trust", source: props.assumeRolePolicy },
    ...inlinePolicies(props),
  ],
  "aws:iam/rolePolicy:RolePolicy": identity(),
  "aws:iam/policy:Policy": ({ name, policy }) => [
    { path: "policy", kind: isNamedBoundary(name) ? "guardrail" : "identity", source: policy },
  ],
  "aws:iam/userPolicy:UserPolicy": identity(),
  "aws:iam/groupPolicy:GroupPolicy": identity(),
  "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": identity("inlinePolicy"),
  // Session policies: they limit the role of the user, pod or machine, and grant nothing beyond it.
  "aws:eks/podIdentityAssociation:PodIdentityAssociation": guardrail("policy"),
  "aws:rolesanywhere/profile:Profile": guardrail("sessionPolicy"),
  "aws:transfer/access:Access": guardrail("policy"),
  "aws:transfer/user:User": guardrail("policy"),
  "aws:organizations/policy:Policy": organizationPolicy,
  // Their places were found already.
  [foundType]: ({ documents }) => documents as readonly Place[],
  "aws:s3control/multiRegionAccessPointPolicy:MultiRegionAccessPointPolicy": multiRegionAccessPoint,
};

/** A policy doesn't say what it is for: its name has to. That one isn't attached as well is rule P43. */
export function isNamedBoundary(name: unknown): boolean {
  return typeof name === "string" && /boundary/i.test(name);
}

function guardrail(property: string): Finder {
  return (props) => [{ path: property, kind: "guardrail", source: props[property] }];
}

function placesOf(type: string, props: Props): readonly Place[] {
  const place = resourcePolicies.get(type);
  if (!place) return finders[type]?.(props) ?? [];
  const { property, service } = place;
  return [{ path: property, kind: "resource", service, source: props[property] }];
}

/** All documents of one resource; a property that is not set gives none. */
export function findDocuments(type: string, props: Props): FoundDocument[] {
  return placesOf(type, props)
    .filter(({ source }) => source !== undefined && source !== null && source !== "")
    .map(({ source, ...place }) => ({ ...place, document: readDocument(source) }));
}

/** Whether resources of the type can hold documents. */
export function holdsDocuments(type: string): boolean {
  return finders[type] !== undefined || resourcePolicies.has(type);
}
