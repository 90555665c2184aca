/** Which resources of a stack a property names: by where its value comes from, or by name or ARN. */
import type { Resource } from "../model/rule";
import { asArray } from "../model/shape";

export interface References {
  /** The resources of the type that the property names, each once. */
  named(from: Resource, property: string, type: string): readonly Resource[];
  /** The resources of the type that a name or ARN means. */
  meant(text: string, type: string): readonly Resource[];
}

export function references(resources: readonly Resource[]): References {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const byName = new Map<string, Resource[]>();
  for (const resource of resources) {
    for (const name of namesOf(resource)) {
      const key = `${resource.type} ${name}`;
      byName.set(key, [...(byName.get(key) ?? []), resource]);
    }
  }
  const meant = (text: string, type: string) =>
    byName.get(`${type} ${text}`) ?? byName.get(`${type} ${lastPart(text)}`) ?? [];
  return {
    meant,
    named(from, property, type) {
      const values = asArray(from.props[property]).filter((value) => typeof value === "string");
      const byValue = values.flatMap((value) => meant(value, type));
      if (byValue.length > 0 && byValue.length >= values.length) return [...new Set(byValue)];
      const byDependency = (from.dependencies[property] ?? [])
        .map((urn) => byUrn.get(urn))
        .filter((resource) => resource?.type === type);
      return [...new Set([...byValue, ...byDependency])] as Resource[];
    },
  };
}

function namesOf({ type, props }: Resource): readonly string[] {
  const given = [props.arn, props.name, type.startsWith("aws:iam/") ? undefined : props.id];
  return [...new Set(given.filter((each) => typeof each === "string" && each !== ""))] as string[];
}

/** The name in an ARN of IAM, or of a function. */
function lastPart(text: string): string {
  const [, name] =
    /^arn:[^:]+:(?:iam::[^:]*:(?:role|policy|user)\/(?:.*\/)?|lambda:[^:]*:[^:]*:function:)([^/:]+)/.exec(text) ?? [];
  return name ?? text;
}
