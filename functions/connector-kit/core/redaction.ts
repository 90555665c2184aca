import type { ConnectorLog } from "./types";

/** Shorter values aren't secrets, and would blacken ordinary text. */
const SHORTEST = 4;
/** Base64 of a shorter text stands in ordinary text by chance. */
const SHORTEST_BASE64 = 6;
const MARK = "[redacted]";

/** Keeps secrets out of texts: as they are, URL-encoded, escaped as in JSON, in hexadecimal and within base64. */
export class Redactor {
  private readonly secrets = new Set<string>();
  private forms: readonly string[] | undefined;

  constructor(secrets: unknown = {}) {
    this.hideAll(secrets);
  }

  /** Hides one more text from now on. Texts below four characters stay visible. */
  readonly hide = (secret: string): void => {
    if (secret.length < SHORTEST || this.secrets.has(secret)) return;
    this.secrets.add(secret);
    this.forms = undefined;
  };

  /** Hides every text and number in the value, also in JSON within a text. */
  hideAll(value: unknown): void {
    if (typeof value === "string") {
      this.hide(value);
      if (value.trim() !== value) this.hide(value.trim());
      for (const line of value.split(/\r?\n|\\n/)) if (line !== value && line.length >= 16) this.hide(line);
      if (/^\s*[[{]/.test(value)) this.hideJson(value);
    } else if (typeof value === "number" || typeof value === "bigint") this.hide(String(value));
    else if (typeof value === "object" && value !== null) for (const each of Object.values(value)) this.hideAll(each);
  }

  private hideJson(text: string): void {
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch {
      // No JSON after all: the text itself is hidden already.
      return;
    }
    this.hideAll(parsed);
  }

  /** The text without secrets. */
  text(text: string): string {
    this.forms ??= [...this.secrets].flatMap(formsOf).sort((a, b) => b.length - a.length);
    let clean = text;
    for (const form of this.forms) if (clean.includes(form)) clean = clean.replaceAll(form, MARK);
    return clean;
  }

  /** The same value without secrets in its texts and keys; errors become their name, message and stack. */
  value(value: unknown, depth = 0): unknown {
    if (typeof value === "string") return this.text(value);
    if (typeof value === "number" || typeof value === "bigint") {
      const clean = this.text(String(value));
      return clean === String(value) && typeof value === "number" ? value : clean;
    }
    if (typeof value === "function" || typeof value === "symbol") return this.text(String(value));
    if (typeof value !== "object" || value === null) return value;
    if (depth > 8) return "[too deep]";
    if (value instanceof Error) return this.value({ ...value, ...parts(value) }, depth + 1);
    if (value instanceof Date || value instanceof URL) return this.text(value.toJSON());
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
    if (value instanceof Map || value instanceof Set) return this.value([...value], depth + 1);
    // Headers and the like keep what they have behind an iterator.
    if (!Array.isArray(value) && Symbol.iterator in value)
      return this.value([...(value as Iterable<unknown>)], depth + 1);
    if (Array.isArray(value)) return value.map((each) => this.value(each, depth + 1));
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [this.text(key), this.value(each, depth + 1)]),
    );
  }

  /** The first secret of at least eight characters that stands in the text as it is. */
  isIn(text: string): boolean {
    return [...this.secrets].some((secret) => secret.length >= 8 && text.includes(JSON.stringify(secret).slice(1, -1)));
  }
}

function parts({ name, message, stack, cause }: Error): Record<string, unknown> {
  return { name, message, stack, ...(cause === undefined ? {} : { cause }) };
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const forms = [
    secret,
    ...urlForms(bytes),
    JSON.stringify(secret).slice(1, -1),
    bytes.toString("hex"),
    bytes.toString("hex").toUpperCase(),
    ...base64Cores(bytes),
  ];
  return [...new Set(forms)].filter((form) => form.length >= SHORTEST);
}

/** Encoders differ in what they leave as it is; each result may have been encoded once more. */
function urlForms(bytes: Buffer): string[] {
  const text = bytes.toString();
  const once = [
    encodeURIComponent(text),
    encodeURIComponent(text).replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`),
    encodeURIComponent(text).replaceAll("%20", "+"),
    new URLSearchParams({ "": text }).toString().slice(1),
    encodeURI(text),
    pathForm(text),
  ];
  const lower = once.map((form) => form.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()));
  return [...once, ...lower].flatMap((form) => [form, encodeURIComponent(form)]);
}

/** As URL writes it in a path. */
function pathForm(text: string): string {
  return new URL(`http://a/${text.replaceAll(/[?#\\]/g, encodeURIComponent)}`).pathname.slice(1);
}

/**
 * What of a text stands in the base64 of any longer text around it (`user:secret`): depending on where it begins there
 * are three forms, less the characters that it shares with its neighbours.
 */
function base64Cores(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((offset) => {
    const whole = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString("base64")
      .replaceAll("=", "");
    const first = [0, 2, 3][offset] ?? 0;
    const last = (offset + bytes.length) % 3 === 0 ? whole.length : whole.length - 1;
    const core = whole.slice(first, last);
    return core.length < SHORTEST_BASE64 ? [] : [core, core.replaceAll("+", "-").replaceAll("/", "_")];
  });
}

/** A log that secrets don't get through. */
export function redactedLog(log: ConnectorLog, redactor: Redactor): ConnectorLog {
  const write =
    (level: keyof ConnectorLog): ConnectorLog["info"] =>
    (message, fields) => {
      const text = redactor.text(String(message));
      if (fields === undefined) log[level](text);
      else log[level](text, redactor.value(fields) as Readonly<Record<string, unknown>>);
    };
  return { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
}
