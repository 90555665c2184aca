import type { Change, Store, Stored, StoreKey } from "../../../functions/export-delta-import/registry/store";

/** A table in memory that writes as DynamoDB does: all or nothing, and only what nobody has written meanwhile. */
export class MemoryStore implements Store {
  readonly items = new Map<string, { readonly key: StoreKey; readonly text: string; readonly revision: number }>();

  /** The same table as one process sees it. @param gate passed before each write takes effect */
  through(gate: (what: string) => Promise<void>): Store {
    return {
      get: (key) => this.get(key),
      query: (pk, prefix) => this.query(pk, prefix),
      write: async (changes) => {
        await gate(`write ${changes.map(({ key }) => key.sk).join(", ")}`);
        return this.write(changes);
      },
    };
  }

  async get<T>(key: StoreKey): Promise<Stored<T> | undefined> {
    const found = this.items.get(nameOf(key));
    return found === undefined ? undefined : { item: JSON.parse(found.text) as T, revision: found.revision };
  }

  async query<T>(pk: string, prefix: string): Promise<Stored<T>[]> {
    return [...this.items.values()]
      .filter(({ key }) => key.pk === pk && key.sk.startsWith(prefix))
      .sort((a, b) => (a.key.sk < b.key.sk ? -1 : 1))
      .map(({ text, revision }) => ({ item: JSON.parse(text) as T, revision }));
  }

  async write(changes: readonly Change[]): Promise<boolean> {
    if (changes.some(({ key, revision }) => (this.items.get(nameOf(key))?.revision ?? 0) !== revision)) return false;
    for (const { key, revision, item } of changes) {
      this.items.set(nameOf(key), { key, text: JSON.stringify(item), revision: revision + 1 });
    }
    return true;
  }
}

function nameOf({ pk, sk }: StoreKey): string {
  return JSON.stringify([pk, sk]);
}
