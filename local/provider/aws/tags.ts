type Tags = Readonly<Record<string, string>>;

/** Tags as most services take them. */
export function tagList(tags: Tags | undefined): { Key: string; Value: string }[] {
  return Object.entries(tags ?? {}).map(([Key, Value]) => ({ Key, Value }));
}

/** Keys that an update takes away. */
export function droppedTags(before: Tags | undefined, after: Tags | undefined): string[] {
  return Object.keys(before ?? {}).filter((key) => !(key in (after ?? {})));
}
