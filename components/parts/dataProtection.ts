import type * as pulumi from "@pulumi/pulumi";
import type { Context } from "./context";

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
