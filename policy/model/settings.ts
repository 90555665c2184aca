/** Parameters of the rules, set by the pack's configuration (docs/policies/configuration.md). */
export interface Settings {
  /** Accounts (12 digits) that may be trusted without an ExternalId, or be let in by a resource policy. @default [] */
  readonly trustedAccounts: readonly string[];
  /** AWS-managed policies (name or ARN) that may be attached. @default [] */
  readonly allowedManagedPolicies: readonly string[];
  /** The account's quota on the characters of a role's trust: 2,048 to 8,192. @default 2048 */
  readonly trustPolicySize: number;
}

export const defaultSettings: Settings = { trustedAccounts: [], allowedManagedPolicies: [], trustPolicySize: 2_048 };
