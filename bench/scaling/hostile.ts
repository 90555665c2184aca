import type { FileFormat } from "../../functions/shared/text/cut";

/** A text that has made readers slow, by a size that it is proportional to. */
export interface HostileText {
  readonly what: string;
  readonly format: Extract<FileFormat, "csv" | "ndjson" | "json">;
  readonly write: (size: number) => string;
}

/** Delimited text whose quotes don't match, or come in masses. */
export const HOSTILE_QUOTES: readonly HostileText[] = [
  csv("every line opens a quote", (size) => `a,b\n${'1,"x\n'.repeat(size)}`),
  csv("every line opens a quote in its only field", (size) => `a\n${'"x\n'.repeat(size)}`),
  csv("a quote opens and none follows", (size) => `a,b\n1,"x\n${"1,2\n".repeat(size)}`),
  csv("quotes close and open again", (size) => `a,b,c\n1,"x\n${'",,"y\n'.repeat(size)}`),
  csv("quotes close and open again, of many columns", (size) => `${"c,".repeat(999)}c\n1,"x\n${'","y\n'.repeat(size)}`),
  csv("quotes close and open again, among records", (size) => {
    const record = `${"1,".repeat(39)}1\n`;
    return `${"c,".repeat(39)}c\n1,"x\n${`x","y\n${record}${record}`.repeat(size)}`;
  }),
  csv("doubled quotes only", (size) => `a,b\n1,"${'""\n'.repeat(size)}`),
  csv("blank lines within quotes", (size) => `a,b\n1,"${"\n".repeat(size)}`),
  csv("records of several lines that are torn", (size) => `a,b,c\n${'1,"x\ny" z,2\n3,4,5\n'.repeat(size)}`),
  csv("one line of quotes", (size) => `a,b\n${'"'.repeat(size)}\n1,2\n`),
  csv("one line of quoted fields", (size) => `a,b\n${'"",'.repeat(size)}\n1,2\n`),
];

/** Records that are odd in another way. */
export const HOSTILE_RECORDS: readonly HostileText[] = [
  csv("a header of one name over and over", (size) => `${"a,".repeat(size)}a\n${"1,".repeat(size)}1\n`),
  csv("one line of delimiters", (size) => `a,b\n${",".repeat(size)}\n`),
  csv("short rows", (size) => `a,b\n${"1,2\n".repeat(size)}`),
  csv("rows with quotes", (size) => `a,b\n${'"1, 1","2"\n'.repeat(size)}`),
  { what: "blanks before a line end", format: "json", write: (size) => `[{"a":1${" ".repeat(size)}\n}]` },
  { what: "blanks before a brace", format: "json", write: (size) => `[{"a":1${" ".repeat(size)}}]` },
  {
    what: "brackets within brackets",
    format: "ndjson",
    write: (size) => `{"a":${"[".repeat(size)}${"]".repeat(size)}}\n`,
  },
  { what: "brackets that aren't closed", format: "ndjson", write: (size) => `{"a":${"[".repeat(size)}\n` },
  { what: "an array of small objects", format: "json", write: (size) => `[${'{"a":1},'.repeat(size)}{}]` },
  { what: "commas in an array", format: "json", write: (size) => `[${",".repeat(size)}1]` },
  { what: "backslashes in a string", format: "json", write: (size) => `[{"a":"${"\\\\".repeat(size)}"}]` },
  { what: "names by the thousand", format: "ndjson", write: (size) => `{${names(size)}}\n` },
];

/** Landing lines, by what comes after the upload's fields. */
export const HOSTILE_FIELDS: Readonly<Record<string, (size: number) => string>> = {
  "digits and a zero at each end": (size) => `"n":"1${"0".repeat(size)}1"`,
  "a number of zeros": (size) => `"n":0.${"0".repeat(size)}1`,
  "brackets within brackets": (size) => `"n":${"[".repeat(size)}1${"0".repeat(20)}${"]".repeat(size)}`,
  "a list of long numbers": (size) => `"n":[${"12345678901234567890,".repeat(size)}1]`,
  "names by the thousand": names,
  "blanks between members": (size) => `"n":1${" ".repeat(size)},"m":2`,
  "a string of escapes": (size) => `"n":"${"\\u00e9".repeat(size)}"`,
};

function csv(what: string, write: (size: number) => string): HostileText {
  return { what, format: "csv", write };
}

function names(size: number): string {
  return Array.from({ length: size }, (_, index) => `"name ${index}":"x"`).join(",");
}
