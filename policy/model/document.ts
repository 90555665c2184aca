/** Policy documents as the rules see them: one shape, whatever short forms they were written in. */

export interface PolicyDocument {
  /** `undefined` when it isn't given, which IAM reads as the old 2008-10-17. */
  readonly version: string | undefined;
  readonly statements: readonly Statement[];
  /** What makes IAM refuse the document, or read it otherwise than was meant (rule P25). */
  readonly problems: readonly Problem[];
  /** Members whose value only the update knows: `document`, or `Statement[0].Resource`. */
  readonly unknown: readonly string[];
  /** Characters without white space, as IAM counts them, of what is known. */
  readonly size: number;
}

export interface Problem {
  /** What a message calls the statement; undefined: the document as a whole. */
  readonly statement?: string;
  readonly message: string;
  readonly fix: string;
}

export type Member = "Action" | "NotAction" | "Resource" | "NotResource" | "Principal" | "NotPrincipal" | "Condition";

export interface Statement {
  /** The Sid, else `#<index>`: what a message calls the statement. */
  readonly label: string;
  readonly sid: string | undefined;
  readonly effect: "Allow" | "Deny";
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly resources: readonly string[];
  readonly notResources: readonly string[];
  /** Lists by kind (AWS, Service, Federated, CanonicalUser); `"*"` is `{ AWS: ["*"] }`; undefined: none given. */
  readonly principals: Principals | undefined;
  readonly notPrincipals: Principals | undefined;
  readonly conditions: Conditions;
  /** Members that it has, also where they are empty or unknown. */
  readonly given: ReadonlySet<Member>;
  /** Members that hold a value which only the update knows; what is known of them stands in the lists above. */
  readonly unknown: ReadonlySet<Member>;
}

export type Principals = Readonly<Record<string, readonly string[]>>;

export interface Condition {
  /** As written, for example `ForAnyValue:StringLikeIfExists`. */
  readonly operator: string;
  readonly quantifier: "ForAllValues" | "ForAnyValue" | undefined;
  /** Without quantifier and IfExists, for example `StringLike`. */
  readonly test: string;
  /** True also when the request has no such key. */
  readonly ifExists: boolean;
  /** In lower case, as IAM compares it. */
  readonly key: string;
  /** As written, for messages. */
  readonly written: string;
  readonly values: readonly string[];
  /** Some value is known only at the update; `values` holds the others. */
  readonly isPartlyUnknown: boolean;
}

/** All of them must hold. */
export type Conditions = readonly Condition[];

/**
 * Whose document it is: attached to a principal, a role's trust, a resource's own policy, or one that only limits what
 * others allow (control policies of an organisation, session policies), where an Allow grants nothing.
 */
export type DocumentKind = "identity" | "trust" | "resource" | "guardrail";

export interface FoundDocument {
  /** Property path, for example `inlinePolicies[0].policy`. */
  readonly path: string;
  readonly kind: DocumentKind;
  /** Of a resource policy: IAM's prefix of the service. */
  readonly service?: string;
  readonly document: PolicyDocument;
}
