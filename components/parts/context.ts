import * as pulumi from "@pulumi/pulumi";
import { type Account, accountOf } from "./account";
import { ArgumentError } from "./arguments";

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

/**
 * Options of a resource that holds data: deleting it, or replacing it by a change of arguments, is an error until the
 * component is deployed with `allowDestroy: true`.
 */
export function holdsData({
  parent,
  allowDestroy,
}: Pick<Context, "parent" | "allowDestroy">): pulumi.CustomResourceOptions {
  return { parent, protect: !allowDestroy };
}

export type Tags = Record<string, string>;

/**
 * Tags of everything that a component creates: where it comes from, then the user's own, which win.
 *
 * @throws ArgumentError for tags that AWS refuses
 */
export function componentTags(owner: string, component: string, own: Readonly<Tags> = {}): Tags {
  for (const [key, value] of Object.entries(own)) {
    if (key === "" || key.length > 128 || /^aws:/i.test(key)) {
      throw new ArgumentError(
        owner,
        `tags[${JSON.stringify(key)}]`,
        value,
        'Give a key of 1 to 128 characters that doesn\'t begin with "aws:".',
      );
    }
    if (value.length > 256) {
      throw new ArgumentError(owner, `tags[${JSON.stringify(key)}]`, value, "Give a value of at most 256 characters.");
    }
  }
  const tags = {
    Project: pulumi.getProject(),
    Stack: pulumi.getStack(),
    Component: component,
    ManagedBy: "pulumi",
    ...own,
  };
  const count = Object.keys(tags).length;
  if (count > 50)
    throw new ArgumentError(owner, "tags", `${count} tags`, "AWS takes 50 at most, of which the component sets 4.");
  return tags;
}
