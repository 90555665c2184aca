/** A published way from some permissions to more: what it needs, as data. */
export interface Method {
  /** Of pathfinding.cloud, else Rhino Security's with its number. */
  readonly id: string;
  /** What it does, in a few words. */
  readonly name: string;
  readonly needs: readonly Need[];
  /** The service that a role is passed to. */
  readonly passesTo?: string;
}

export interface Need {
  readonly action: string;
  /**
   * - `every`: on all resources that the action takes. One named role or function is limited; chains through it are P9's.
   * - `self`: on all of them, or on the principal itself or a policy attached to it.
   * - `same`: on a resource that the method's other `same` need is allowed on too.
   * - `any`: on whatever resource.
   */
  readonly on: "every" | "self" | "same" | "any";
  /** Of an action with several resource types, the one that counts. */
  readonly type?: RegExp;
}

export const every = (action: string, type?: RegExp): Need => ({ action, on: "every", ...(type ? { type } : {}) });
export const self = (action: string): Need => ({ action, on: "self" });
export const same = (action: string): Need => ({ action, on: "same" });
export const any = (action: string): Need => ({ action, on: "any" });
