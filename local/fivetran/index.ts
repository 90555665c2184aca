export { type FivetranOptions, type FivetranServer, startFivetranApi } from "./server";
export type { SyncInfo } from "./syncs";
export type * from "./types";
