/** What a function may do to one kind of resource, declared beside the code that does it. */
export interface Grant {
  readonly actions: readonly string[];
  /** Appended to the resource's ARN, for example `/landing/*`. */
  readonly suffix?: string;
  /** IAM condition block. */
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
  /** What the code does with it. */
  readonly why: string;
  /** Set where a run without faults never uses it: the path that does. */
  readonly unusedBecause?: string;
}

/** Grants by resource role (`table`, `landingBucket`, …); the component supplies the ARNs. */
export type Permissions<Role extends string> = Readonly<Record<Role, readonly Grant[]>>;

/** Keeps the resource roles as literal types, so that a component that forgets an ARN doesn't compile. */
export function definePermissions<const Role extends string>(permissions: Permissions<Role>): Permissions<Role> {
  return permissions;
}
