/**
 * Names of a file's columns: `column_3` where the third has none, and `name_2` for the second `name`. Names are trimmed.
 */
export function columnNames(header: readonly string[]): string[] {
  const names = header.map((name, index) => name.trim() || `column_${index + 1}`);
  const taken = new Set(names);
  const seen = new Set<string>();
  return names.map((name) => {
    if (!seen.has(name)) {
      seen.add(name);
      return name;
    }
    let number = 2;
    while (taken.has(`${name}_${number}`)) number++;
    const renamed = `${name}_${number}`;
    taken.add(renamed);
    seen.add(renamed);
    return renamed;
  });
}
