/**
 * Values as the engine sends them to a provider: archives, assets, secrets, outputs and references to resources
 * are objects that carry a signature; values not known yet (at preview) are set strings.
 */
const signatureKey = "4dabf18193072939515e22adb298388d";
const assetSignature = "c44067f5952c0a294b673a41bacd8c17";
const archiveSignature = "0def7320c3a5731c473e5ecbe6d01bc7";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const resourceSignature = "5cf8f73096256a8f31e491e813e4eb8e";
const outputSignature = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

/** A string not known yet; what a provider answers for an output it can't tell. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const unknowns: ReadonlySet<unknown> = new Set([
  unknown,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

export type Bag = Readonly<Record<string, unknown>>;

export interface Asset {
  readonly asset: true;
  readonly hash?: string;
  readonly text?: string;
  readonly path?: string;
}

export interface Archive {
  readonly archive: true;
  readonly hash?: string;
  readonly path?: string;
  readonly assets?: Readonly<Record<string, Asset | Archive>>;
}

export function isUnknown(value: unknown): boolean {
  return unknowns.has(value);
}

/** Whether any part of the value is not known yet. */
export function hasUnknown(value: unknown): boolean {
  if (isUnknown(value)) return true;
  if (Array.isArray(value)) return value.some(hasUnknown);
  return isBag(value) && Object.values(value).some(hasUnknown);
}

export function isBag(value: unknown): value is Bag {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The plain value, to work with: secrets opened, references resolved to their id, archives and assets tagged. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isBag(value)) return value ?? undefined;
  switch (value[signatureKey]) {
    case secretSignature:
      return plain(value.value);
    case outputSignature:
      return "value" in value ? plain(value.value) : unknown;
    case resourceSignature:
      // An empty id stands for one that isn't known yet.
      return value.id === undefined || value.id === "" ? unknown : plain(value.id);
    case assetSignature:
      return { ...plainMembers(value), asset: true };
    case archiveSignature:
      return { ...plainMembers(value), archive: true };
    default:
      return plainMembers(value);
  }
}

export function plainBag(value: Bag): Bag {
  return plainMembers(value);
}

function plainMembers(value: Bag): Bag {
  const members: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    if (key === signatureKey) continue;
    const opened = plain(member);
    if (opened !== undefined) members[key] = opened;
  }
  return members;
}

/** The value as it may go back to the engine: secrets, archives and assets as they came, outputs as what they hold. */
export function forEngine(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(forEngine);
  if (!isBag(value)) return value;
  if (value[signatureKey] === outputSignature) {
    const held = "value" in value ? forEngine(value.value) : unknown;
    return value.secret === true ? secret(held) : held;
  }
  if (value[signatureKey] === resourceSignature) return plain(value);
  const members: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    if (member !== undefined && member !== null) members[key] = forEngine(member);
  }
  return members;
}

/** Marks a value as secret: the engine encrypts it in the state and hides it on the screen. */
export function secret(value: unknown): Bag {
  return { [signatureKey]: secretSignature, value };
}

export function isSecret(value: unknown): boolean {
  if (!isBag(value)) return false;
  return value[signatureKey] === secretSignature || (value[signatureKey] === outputSignature && value.secret === true);
}
