/** Where policy documents stand in Pulumi AWS resources: type token → the documents in its properties. */
import { type PolicyDocument, readDocument } from "./document";
import { asArray, isRecord } from "./shape";
import { unknown } from "./unknown";

/** Whose document it is: attached to a principal, a role's trust, or a resource's own policy. */
export type DocumentKind = "identity" | "trust" | "resource";

export interface FoundDocument {
  /** Property path, for example `inlinePolicies[0].policy`. */
  readonly path: string;
  readonly kind: DocumentKind;
  /** Of a resource policy: IAM's prefix of the service. */
  readonly service?: string;
  readonly document: PolicyDocument;
}

interface Place {
  readonly path: string;
  readonly kind: DocumentKind;
  readonly service?: string;
  readonly source: unknown;
}

type Props = Readonly<Record<string, unknown>>;
type Finder = (props: Props) => readonly Place[];

const identity = (props: Props): Place[] => [{ path: "policy", kind: "identity", source: props.policy }];

const resourcePolicy =
  (service: string): Finder =>
  ({ policy }) => [{ path: "policy", kind: "resource", service, source: policy }];

const inlinePolicies = ({ inlinePolicies: inline }: Props): Place[] =>
  inline === unknown
    ? [{ path: "inlinePolicies", kind: "identity", source: unknown }]
    : asArray(inline).map((each, i) => ({
        path: `inlinePolicies[${i}].policy`,
        kind: "identity",
        source: isRecord(each) ? each.policy : each,
      }));

const finders: Readonly<Record<string, Finder>> = {
  "aws:iam/role:Role": (props) => [
    { path: "assumeRolePolicy", kind: "trust", source: props.assumeRolePolicy },
    ...inlinePolicies(props),
  ],
  "aws:iam/rolePolicy:RolePolicy": identity,
  "aws:iam/policy:Policy": identity,
  "aws:iam/userPolicy:UserPolicy": identity,
  "aws:iam/groupPolicy:GroupPolicy": identity,
  "aws:s3/bucketPolicy:BucketPolicy": resourcePolicy("s3"),
  "aws:sqs/queuePolicy:QueuePolicy": resourcePolicy("sqs"),
  "aws:sqs/queue:Queue": resourcePolicy("sqs"),
  "aws:sns/topicPolicy:TopicPolicy": resourcePolicy("sns"),
  "aws:sns/topic:Topic": resourcePolicy("sns"),
  "aws:kms/key:Key": resourcePolicy("kms"),
  "aws:kms/keyPolicy:KeyPolicy": resourcePolicy("kms"),
  "aws:secretsmanager/secret:Secret": resourcePolicy("secretsmanager"),
  "aws:secretsmanager/secretPolicy:SecretPolicy": resourcePolicy("secretsmanager"),
  "aws:ecr/repositoryPolicy:RepositoryPolicy": resourcePolicy("ecr"),
  "aws:ec2/vpcEndpoint:VpcEndpoint": resourcePolicy("ec2"),
};

/** All documents of one resource; a property that is not set gives none. */
export function findDocuments(type: string, props: Props): FoundDocument[] {
  const finder = finders[type];
  if (!finder) return [];
  return finder(props)
    .filter(({ source }) => source !== undefined && source !== null && source !== "")
    .map(({ source, ...place }) => ({ ...place, document: readDocument(source) }));
}

/** Whether resources of the type can hold documents. */
export function holdsDocuments(type: string): boolean {
  return finders[type] !== undefined;
}
