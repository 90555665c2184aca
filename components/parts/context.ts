import type * as pulumi from "@pulumi/pulumi";
import { type Account, accountOf } from "./account";
import { componentTags, type Tags } from "./tags";

/** What the parts of a component need to know of it. */
export interface Context {
  /** Logical name of the component. */
  readonly name: string;
  /** How errors call it, for example `S3ToDynamoDb "ingest"`. */
  readonly owner: string;
  readonly parent: pulumi.Resource;
  readonly account: Account;
  readonly tags: Tags;
  /** Whether resources that hold data may be deleted with it. */
  readonly allowDestroy: boolean;
  /** Managed policy that bounds what every role of the component can ever do. @default no bound */
  readonly permissionsBoundaryArn?: pulumi.Input<string>;
}

/** @throws ArgumentError for tags that AWS refuses */
export function contextOf(
  parent: pulumi.Resource,
  name: string,
  owner: string,
  { tags, allowDestroy }: { readonly tags?: Tags; readonly allowDestroy: boolean },
): Context {
  return { name, owner, parent, account: accountOf(parent), tags: componentTags(owner, name, tags), allowDestroy };
}
