/** Where policy documents stand in Pulumi AWS resources: type token → the documents in its properties. */
import { DocumentError, parseDocument, type Statement } from "./document";

/** Whose document it is: attached to a principal, a role's trust, or a resource's own policy. */
export type DocumentKind = "identity" | "trust" | "resource";

export interface FoundDocument {
  /** Property path, for example `inlinePolicies[0].policy`. */
  readonly path: string;
  readonly kind: DocumentKind;
  readonly statements: readonly Statement[];
  /** Set where the document can't be read; `statements` is empty then. */
  readonly error?: DocumentError;
}

type Finder = (props: Readonly<Record<string, unknown>>) => { path: string; kind: DocumentKind; source: unknown }[];

const one =
  (path: string, kind: DocumentKind): Finder =>
  (props) => [{ path, kind, source: props[path] }];

const finders: Readonly<Record<string, Finder>> = {
  "aws:iam/role:Role": (props) => [
    { path: "assumeRolePolicy", kind: "trust", source: props.assumeRolePolicy },
    ...listOf(props.inlinePolicies).map((inline, i) => ({
      path: `inlinePolicies[${i}].policy`,
      kind: "identity" as const,
      source: inline.policy,
    })),
  ],
  "aws:iam/rolePolicy:RolePolicy": one("policy", "identity"),
  "aws:iam/policy:Policy": one("policy", "identity"),
  "aws:iam/userPolicy:UserPolicy": one("policy", "identity"),
  "aws:iam/groupPolicy:GroupPolicy": one("policy", "identity"),
  "aws:s3/bucketPolicy:BucketPolicy": one("policy", "resource"),
  "aws:sqs/queuePolicy:QueuePolicy": one("policy", "resource"),
  "aws:sqs/queue:Queue": one("policy", "resource"),
  "aws:sns/topicPolicy:TopicPolicy": one("policy", "resource"),
  "aws:sns/topic:Topic": one("policy", "resource"),
  "aws:kms/key:Key": one("policy", "resource"),
  "aws:kms/keyPolicy:KeyPolicy": one("policy", "resource"),
  "aws:secretsmanager/secret:Secret": one("policy", "resource"),
  "aws:secretsmanager/secretPolicy:SecretPolicy": one("policy", "resource"),
  "aws:ecr/repositoryPolicy:RepositoryPolicy": one("policy", "resource"),
  "aws:ec2/vpcEndpoint:VpcEndpoint": one("policy", "resource"),
};

/** All documents of one resource; a property that is not set gives none. */
export function findDocuments(type: string, props: Readonly<Record<string, unknown>>): FoundDocument[] {
  const finder = finders[type];
  if (!finder) return [];
  return finder(props)
    .filter(({ source }) => source !== undefined && source !== null && source !== "")
    .map(({ path, kind, source }) => {
      try {
        return { path, kind, statements: parseDocument(source) };
      } catch (error) {
        if (error instanceof DocumentError) return { path, kind, statements: [], error };
        throw error;
      }
    });
}

function listOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? (value as Record<string, unknown>[]) : [];
}
