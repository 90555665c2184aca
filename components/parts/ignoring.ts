/**
 * Reads patterns as Docker reads a .dockerignore: of the folder's root unless they begin with `**`, a folder with all that
 * is in it, the last one that fits decides, `!` brings back.
 *
 * @param lines of the file; empty ones and those that begin with `#` say nothing
 * @returns whether a path, relative and with slashes, is left out
 * @throws Error for a pattern that can't be read
 */
export function ignoring(lines: readonly string[]): (path: string) => boolean {
  const patterns = lines.flatMap((line) => {
    const text = line.replace(/^\uFEFF/, "");
    // Docker looks for the # before it takes the spaces away.
    if (text.startsWith("#") || text.trim() === "") return [];
    const brings = text.trim().startsWith("!");
    const path = clean(brings ? text.trim().slice(1).trim() : text.trim());
    return path === "" ? [] : [{ brings, fits: new RegExp(`^${source(path, line)}$`) }];
  });
  return (path) => {
    const names = path.split("/");
    // A pattern that fits a folder fits what is in it.
    const paths = names.map((_, i) => names.slice(0, i + 1).join("/"));
    let left = false;
    for (const { brings, fits } of patterns) {
      if (left === brings && paths.some((each) => fits.test(each))) left = !brings;
    }
    return left;
  };
}

/** Without slashes at the ends and doubled ones, `.` and `..`. What is above the root stays so, and fits nothing. */
function clean(pattern: string): string {
  const names: string[] = [];
  for (const name of pattern.split("/")) {
    if (name === ".." && names.length > 0 && names.at(-1) !== "..") names.pop();
    else if (name === ".." && pattern.startsWith("/")) continue;
    else if (name !== "" && name !== ".") names.push(name);
  }
  return names.join("/");
}

/** The pattern as a regular expression's source. */
function source(pattern: string, line: string): string {
  let text = "";
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i] ?? "";
    if (char === "*" && pattern[i + 1] === "*") {
      i += 1;
      const isFolder = pattern[i + 1] === "/";
      if (isFolder) i += 1;
      // At the end it stands for all that is below, else for any number of folders, also none.
      text += i + 1 === pattern.length && !isFolder ? ".*" : "(?:.*/)?";
    } else if (char === "*") text += "[^/]*";
    else if (char === "?") text += "[^/]";
    else if (char === "[") {
      const end = pattern.indexOf("]", i + 2);
      if (end < 0) throw new Error(`.dockerignore: "${line}" has a [ without its ].`);
      const set = pattern.slice(i + 1, end);
      text += `[${set.startsWith("^") ? `^${escaped(set.slice(1))}` : escaped(set)}]`;
      i = end;
    } else if (char === "\\") {
      i += 1;
      text += literal(pattern[i] ?? "\\");
    } else text += literal(char);
  }
  return text;
}

const literal = (char: string): string => char.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
/** What stands in brackets: a backslash takes the next character as it is. */
const escaped = (set: string): string => set.replace(/\\?([[\]^\\])/g, "\\$1");
