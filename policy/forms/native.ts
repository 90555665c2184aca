/** A resource as CloudFormation names its properties; aws-native writes their first letter small. */
import type { Resource } from "../model/rule";
import { isRecord } from "../model/shape";
import { unknown } from "../model/unknown";

/** The same resource, or a part of it, as the `aws` provider would have it. */
export interface Form {
  readonly type: string;
  readonly props: Readonly<Record<string, unknown>>;
  /** Its properties → where they really stand. */
  readonly paths: Readonly<Record<string, string>>;
  readonly dependencies: Resource["dependencies"];
}

export class Native {
  /**
   * @param own its URN
   * @param base where its properties stand, for example `templateBody: Resources.Loader.Properties`; `""` on the resource itself
   * @param dependencies of a property, in whatever spelling
   */
  constructor(
    readonly own: string,
    private readonly props: Readonly<Record<string, unknown>>,
    private readonly base: string,
    private readonly dependencies: (property: string) => readonly string[],
  ) {}

  get(property: string): unknown {
    return nested(this.props, property);
  }

  /** In the spelling of the resource. */
  spell(property: string): string {
    return this.base === "" ? small(property) : property;
  }

  path(property: string): string {
    return this.base === "" ? small(property) : `${this.base}.${property}`;
  }

  /** @param names property of the `aws` provider → the native one */
  form(type: string, names: Readonly<Record<string, string>>): Form {
    const given = Object.entries(names).filter(([, native]) => this.get(native) !== undefined);
    const dependencies = given.map(([property, native]) => [property, this.dependencies(native)] as const);
    return {
      type,
      props: Object.fromEntries(given.map(([property, native]) => [property, this.get(native)])),
      paths: Object.fromEntries(given.map(([property, native]) => [property, this.path(native)])),
      dependencies: Object.fromEntries(dependencies.filter(([, of]) => of.length > 0)),
    };
  }
}

/** A member of an object in whichever spelling. */
export function nested(value: unknown, property: string): unknown {
  if (value === unknown) return unknown;
  if (!isRecord(value)) return undefined;
  // aws-native also writes PrincipalOrgID as principalOrgId.
  const name = property.toLowerCase();
  const key = Object.keys(value).find((each) => each.toLowerCase() === name);
  return key === undefined ? undefined : value[key];
}

/** Lists and objects whose keys are the service's own words; never for maps, whose keys are the user's. */
export function withSmallKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withSmallKeys);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, of]) => [small(key), withSmallKeys(of)]));
}

export function small(property: string): string {
  return property.charAt(0).toLowerCase() + property.slice(1);
}
