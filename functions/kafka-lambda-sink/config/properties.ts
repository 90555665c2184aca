import { nearest } from "../../shared/nearest";
import { isSecretKey, type Key, type KeyInfo, keys } from "./keys";

/** A connector's configuration as it is given. */
export type ConnectorProperties = Readonly<Record<string, string | number | boolean>>;

/** Everything that is wrong with a configuration, at once. */
export class SinkConfigError extends Error {
  override readonly name = "SinkConfigError";

  constructor(readonly problems: readonly string[]) {
    super(problems.join("\n"));
  }
}

/** Gives what `${env:NAME}` stands for; undefined: there is none. */
export type Lookup = (name: string) => string | undefined;

const PLACEHOLDER = /\$\{([^}:]*):?([^}]*)\}/g;

/** A configuration's values by key; what is wrong with them is collected. */
export class Properties {
  readonly problems: string[] = [];
  /** What is taken without effect. */
  readonly notices: string[] = [];
  private readonly values = new Map<string, string>();

  constructor(given: ConnectorProperties, lookup: Lookup) {
    for (const [key, value] of Object.entries(given)) {
      const info: KeyInfo | undefined = Object.hasOwn(keys, key) ? keys[key as Key] : undefined;
      if (info === undefined) this.problems.push(unknown(key));
      else if (info.effect === "refused") this.problems.push(`${key} isn't supported. Fix: ${info.why}.`);
      else if (info.effect === "ignored") this.notices.push(`${key} has no effect: ${info.why}.`);
      else if (!["string", "number", "boolean"].includes(typeof value)) {
        this.problems.push(
          `${key} is a ${value === null ? "null" : typeof value}. Fix: give a text, a number or true or false.`,
        );
      } else this.values.set(key, this.resolve(key, String(value).trim(), lookup));
    }
  }

  /** What is given, else the default of the key. Empty texts count as not given. */
  text(key: Key): string | undefined {
    return this.given(key) ?? (keys[key] as KeyInfo).default;
  }

  given(key: Key): string | undefined {
    return this.values.get(key) || undefined;
  }

  /** Whether it is given, be it as an empty text. */
  has(key: Key): boolean {
    return this.values.has(key);
  }

  need(key: Key, fix: string): string {
    const text = this.text(key);
    if (text === undefined) this.problem(key, fix);
    return text ?? "";
  }

  integer(key: Key, min: number, max: number): number {
    const text = this.text(key) ?? "";
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) this.problem(key, `Give a whole number from ${min} to ${max}.`);
    return value;
  }

  oneOf<const T extends string>(key: Key, allowed: readonly T[], fix = `Give one of ${allowed.join(", ")}.`): T {
    const text = this.text(key)?.toLowerCase();
    const found = allowed.find((each) => each.toLowerCase() === text);
    if (found === undefined) this.problem(key, fix);
    return found ?? (allowed[0] as T);
  }

  boolean(key: Key, otherwise: boolean): boolean {
    return this.text(key) === undefined ? otherwise : this.oneOf(key, ["true", "false"]) === "true";
  }

  list(key: Key): string[] {
    const parts = (this.text(key) ?? "").split(",").map((part) => part.trim());
    return parts.filter((part) => part !== "");
  }

  /** @param fix what to give */
  problem(key: Key, fix: string): void {
    this.problems.push(`${key} is ${this.shown(key)}. Fix: ${fix}`);
  }

  /** @throws SinkConfigError */
  throwProblems(): void {
    if (this.problems.length > 0) throw new SinkConfigError(this.problems);
  }

  /** Secrets stand in no message. */
  private shown(key: Key): string {
    const text = this.values.get(key);
    if (text === undefined) return "not set";
    return isSecretKey(key) ? "of another form" : JSON.stringify(text.slice(0, 200));
  }

  private resolve(key: string, text: string, lookup: Lookup): string {
    return text.replace(PLACEHOLDER, (placeholder, provider: string, name: string) => {
      const value = provider === "env" ? lookup(name) : undefined;
      if (value !== undefined) return value;
      const fix =
        provider === "env"
          ? "Set that variable of the environment"
          : "Only variables of the environment can be referred to, by the provider env";
      this.problems.push(`${key} refers to ${placeholder}, which isn't known. Fix: ${fix}.`);
      return "";
    });
  }
}

function unknown(key: string): string {
  if (/^(transforms|predicates)\./.test(key)) return `${key} isn't supported. Fix: ${keys.transforms.why}.`;
  const meant = nearest(key, Object.keys(keys));
  return `${key} isn't known. Fix: ${meant === undefined ? "leave it out, or see the table of keys" : `did you mean ${meant}?`}`;
}
