import type { Grant } from "../../shared/permission";

/** What `TableLock.renew` of lock.ts does in the lock's table, for those that only ever renew. */
export const leaseRenewal: readonly Grant[] = [
  { actions: ["dynamodb:GetItem"], why: "sees that the table's lock is still this import's" },
  {
    actions: ["dynamodb:PutItem"],
    why: "renews the lease",
    unusedBecause: "an import that has just begun has enough of its lease left",
  },
];
