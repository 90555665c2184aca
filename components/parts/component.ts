import * as pulumi from "@pulumi/pulumi";
import { checkComponentName } from "./naming";

/** Pulumi package that the components belong to. */
export const packageName = "data-pipelines";

/** Type token of a component, for example `data-pipelines:index:S3ToDynamoDb`. */
export function componentType(name: string): string {
  return `${packageName}:index:${name}`;
}

/**
 * What every component passes to `super`: checks its name, and makes a child whose logical name doesn't begin with
 * the component's an error (two instances would collide in the state).
 *
 * A function and not a base class, because the schema for other languages is inferred only from classes that extend
 * `pulumi.ComponentResource` itself.
 */
export function componentOptions(
  type: string,
  name: string,
  opts: pulumi.ComponentResourceOptions | undefined,
): pulumi.ComponentResourceOptions {
  checkComponentName(type, name);
  return { ...opts, transformations: [...(opts?.transformations ?? []), childNames(type, name)] };
}

function childNames(type: string, name: string): pulumi.ResourceTransformation {
  return (child) => {
    const isComponentItself = child.type === type && child.name === name;
    if (!isComponentItself && !child.name.startsWith(`${name}-`)) {
      throw new pulumi.RunError(
        `${child.type} "${child.name}" is a child of ${type} "${name}": begin its name with "${name}-", so that a second instance doesn't collide.`,
      );
    }
    return undefined;
  };
}

/** What a component's own fields hold: its outputs, for `registerOutputs`, so that they aren't listed again. */
export function ownOutputs(component: pulumi.ComponentResource): pulumi.Inputs {
  const isOwn = ([key]: [string, unknown]): boolean => key !== "urn" && !key.startsWith("__");
  return Object.fromEntries(Object.entries(component).filter(isOwn));
}
