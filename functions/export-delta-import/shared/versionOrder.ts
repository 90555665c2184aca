/** How the text of an export's version says which export is newer. */
export type VersionOrder = "date-and-number" | "number" | "timestamp" | "text";

export const VERSION_ORDERS = ["date-and-number", "number", "timestamp", "text"] as const satisfies VersionOrder[];

/** What a version looks like, for errors. */
export const VERSION_FORMS: Readonly<Record<VersionOrder, string>> = {
  "date-and-number": "a date and a number such as 20201230_V0001",
  number: "a whole number of at most 18 digits such as 17 or 000017",
  timestamp: "a time such as 2020-12-30, 20201230T101500Z or 2020-12-30T10:15:00Z",
  text: "letters, digits and _ . : - only, at most 128 of them",
};

/**
 * A text that sorts, byte by byte, as the versions follow each other; undefined when the version hasn't the form.
 * Versions with the same order are the same version.
 */
export function versionOrder(version: string, order: VersionOrder): string | undefined {
  switch (order) {
    case "date-and-number": {
      const [, year, month, day, number] = /^(\d{4})(\d{2})(\d{2})_V(\d{1,12})$/.exec(version) ?? [];
      if (year === undefined || !isDate(`${year}-${month}-${day}`)) return undefined;
      return `${year}${month}${day}_V${(number as string).padStart(12, "0")}`;
    }
    case "number":
      return /^\d{1,18}$/.test(version) ? version.padStart(18, "0") : undefined;
    case "timestamp":
      return timestampOrder(version);
    case "text":
      return /^[A-Za-z0-9_.:-]{1,128}$/.test(version) ? version : undefined;
  }
}

function timestampOrder(version: string): string | undefined {
  const match =
    /^(\d{4})-?(\d{2})-?(\d{2})(?:[T_]?(\d{2})[:-]?(\d{2})(?:[:-]?(\d{2}))?(?:\.(\d{1,3}))?(Z|[+-]\d{2}:?\d{2})?)?$/.exec(
      version,
    );
  if (match === null) return undefined;
  const [, year, month, day, hour = "00", minute = "00", second = "00", fraction = "", zone = "Z"] = match;
  if (!isDate(`${year}-${month}-${day}`)) return undefined;
  const offset = zone === "Z" ? zone : `${zone.slice(0, 3)}:${zone.slice(-2)}`;
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.padEnd(3, "0")}${offset}`);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

/** `2021-02-29` has the form of a date and isn't one. */
export function isDate(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00.000Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
