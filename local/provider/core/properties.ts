/** The inputs of a resource type, as data: what kind each has, which one replaces the resource when it changes. */
import { type Archive, type Asset, isBag, isUnknown } from "./wire";

type Kind = "text" | "number" | "flag" | "list" | "map" | "document" | "file";

interface Options<T> {
  readonly required?: boolean;
  /** A change makes a new resource. */
  readonly replaces?: boolean;
  readonly default?: T;
  /** Belongs to Pulumi's side alone (`forceDestroy`): a change needs no call. */
  readonly onlyState?: boolean;
}

export interface Property<T = unknown, O extends Options<T> = Options<T>> extends Options<T> {
  readonly kind: Kind;
  /** Carries the type; there is no value. */
  readonly value?: T;
  readonly options?: O;
}

export type Properties = Readonly<Record<string, Property>>;

type ValueOf<P> = P extends Property<infer T> ? T : never;
type IsSet<P> = P extends { readonly options?: infer O }
  ? NonNullable<O> extends { readonly required: true } | { readonly default: unknown }
    ? true
    : false
  : false;
/** The inputs as a resource's code sees them, after `check`. */
export type InputsOf<P extends Properties> = {
  readonly [K in keyof P]: IsSet<P[K]> extends true ? ValueOf<P[K]> : ValueOf<P[K]> | undefined;
};

function property<T, const O extends Options<T>>(kind: Kind, options?: O): Property<T, O> {
  return { kind, ...options };
}

export const text = <const O extends Options<string>>(options?: O) => property<string, O>("text", options);
export const number = <const O extends Options<number>>(options?: O) => property<number, O>("number", options);
export const flag = <const O extends Options<boolean>>(options?: O) => property<boolean, O>("flag", options);
/** A JSON document, given as text or as an object; the resource's code gets text. */
export const document = <const O extends Options<string>>(options?: O) => property<string, O>("document", options);
export const file = <const O extends Options<Archive | Asset>>(options?: O) =>
  property<Archive | Asset, O>("file", options);
export const texts = <const O extends Options<readonly string[]>>(options?: O) =>
  property<readonly string[], O>("list", options);
/** A list of blocks; `blocks<Shape>()(options)` because TypeScript infers all type arguments or none. */
export const blocks =
  <T>() =>
  <const O extends Options<readonly T[]>>(options?: O) =>
    property<readonly T[], O>("list", options);
export const block =
  <T>() =>
  <const O extends Options<T>>(options?: O) =>
    property<T, O>("map", options);
export const tags = () => block<Readonly<Record<string, string>>>()();

/** Why a value doesn't fit, or undefined. Values not known yet fit. */
export function misfit(property: Property, value: unknown): string | undefined {
  if (value === undefined || isUnknown(value)) return undefined;
  const fits: Readonly<Record<Kind, () => boolean>> = {
    text: () => typeof value === "string",
    number: () => typeof value === "number",
    flag: () => typeof value === "boolean",
    list: () => Array.isArray(value),
    map: () => isBag(value),
    document: () => typeof value === "string" || isBag(value),
    file: () => isBag(value) && (value.asset === true || value.archive === true),
  };
  return fits[property.kind]() ? undefined : `expected ${property.kind}, got ${JSON.stringify(value)}`;
}
