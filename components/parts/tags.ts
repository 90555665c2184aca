import * as pulumi from "@pulumi/pulumi";
import { ArgumentError } from "./arguments";

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
