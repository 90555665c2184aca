/** What a rule is. One rule a file; `../pack/` turns them into CrossGuard policies, `../check/` runs them on files. */

import type { DocumentKind, Member, PolicyDocument } from "./document";
import type { Settings } from "./settings";

export type RuleId = `P${number}`;
export type Level = "advisory" | "mandatory" | "remediate" | "disabled";
export type Severity = "low" | "medium" | "high" | "critical";

/** What people read of a rule: in Pulumi's output and on its page in docs/policies/. */
export interface RuleText {
  readonly id: RuleId;
  /** CrossGuard's name of it, for example `iam-no-administrator`. */
  readonly name: string;
  /** For example `No administrator documents`. */
  readonly title: string;
  /** Unless configuration says otherwise. */
  readonly level: Exclude<Level, "disabled">;
  readonly severity: Severity;
  /** One line: what an attacker or an accident gets out of it. */
  readonly why: string;
  /** How the rule decides, exceptions included, as plain sentences for its page. */
  readonly details: string;
  /** Where the rule comes from: names in other tools, AWS's documentation. */
  readonly sources: readonly string[];
  /** Violates this rule; shown on its page and checked by a test. */
  readonly wrong: Example;
  /** The mended form of `wrong`: violates no rule at all. */
  readonly right: Example;
}

/** A document by itself, or the resources of a small stack. */
export interface Example {
  readonly kind?: DocumentKind;
  /** Of a resource policy, for example `sqs`. */
  readonly service?: string;
  readonly document?: Readonly<Record<string, unknown>>;
  readonly resources?: readonly ExampleResource[];
}

export interface ExampleResource {
  readonly type: string;
  readonly name: string;
  readonly props: Readonly<Record<string, unknown>>;
  /** Property → names of the resources that its value comes from. */
  readonly dependencies?: Readonly<Record<string, readonly string[]>>;
}

/** A violation, before its rule's id, level and link are added. */
export interface Finding {
  /** What the document's messages call the statement. */
  readonly statement?: string;
  /** What offends, with the action and the resource. */
  readonly message: string;
  /** What to write instead: the narrowed actions, the ARN form for that action. */
  readonly fix: string;
  /** For exemptions, which can name an action. */
  readonly actions?: readonly string[];
}

/** A policy document and where it stands. */
export interface Subject {
  readonly kind: DocumentKind;
  /** Of a resource policy: IAM's prefix of the service, for example `sqs`. */
  readonly service?: string;
  readonly document: PolicyDocument;
  /** Pulumi type of the resource it stands in; undefined for a file. */
  readonly type?: string;
  /** Accounts that the resource is known to be in. @default none */
  readonly accounts?: readonly string[];
}

/** Looks at each policy document by itself. */
export interface DocumentRule extends RuleText {
  readonly scope: "document";
  readonly kinds: readonly DocumentKind[];
  readonly check: (subject: Subject, settings: Settings) => Iterable<Finding>;
  /**
   * Members whose absence makes the violation: where one of them is unknown, a finding on that statement is dropped as
   * not evaluated.
   * @default none
   */
  readonly absenceOf?: readonly Member[];
  /**
   * What no document of a resource tells by itself: a function URL grants without one, a role's documents have a length
   * together.
   * @default nothing
   */
  readonly beside?: Pick<ResourceRule, "types" | "check">;
}

/** A resource as rules see it: `unknown` (./unknown) stands for what isn't known yet. */
export interface Resource {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly props: Readonly<Record<string, unknown>>;
  /** Property → URNs of the resources that its value comes from; empty for a rule that looks at one resource. */
  readonly dependencies: Readonly<Record<string, readonly string[]>>;
  /** URN of its parent, when it has one. */
  readonly parent?: string;
  /** Where it really stands, when it was read out of another one (../forms). */
  readonly origin?: Origin;
  /** Accounts that it is known to be in. @default none */
  readonly accounts?: readonly string[];
}

export interface Origin {
  /** The resource of the program. */
  readonly urn: string;
  /** A path in the words of the `aws` provider, or the resource as a whole, as the program writes it. */
  readonly path: (path: string | undefined) => string | undefined;
  /** In a template nothing becomes known at the update that isn't known before. */
  readonly isTemplate: boolean;
}

/** Looks at each resource of some types by itself. */
export interface ResourceRule extends RuleText {
  readonly scope: "resource";
  readonly types: readonly string[];
  readonly check: (resource: Resource, settings: Settings) => Iterable<Finding>;
  /** The properties that mend it; undefined when there is nothing to mend or the fix can't be derived. */
  readonly remediate?: (resource: Resource, settings: Settings) => Record<string, unknown> | undefined;
}

/** Looks at all resources of a stack together. */
export interface StackRule extends RuleText {
  readonly scope: "stack";
  readonly check: (resources: readonly Resource[], settings: Settings) => Iterable<StackFinding>;
  /**
   * What can be told from one document by itself: for files, where there is no stack. Never asked within a stack.
   * @default nothing
   */
  readonly alone?: Pick<DocumentRule, "kinds" | "check">;
  /** Mends single resources before the stack is looked at. @default nothing */
  readonly mend?: Required<Pick<ResourceRule, "types" | "remediate">>;
}

export interface StackFinding extends Finding {
  /** The resource to change. */
  readonly urn: string;
}

export type Rule = DocumentRule | ResourceRule | StackRule;
