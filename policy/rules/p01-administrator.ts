import { documentPolicy } from "./rule";

/** P1: an allowed `*` action is every action of every service. */
export const administrator = documentPolicy({
  id: "P1",
  name: "iam-no-administrator",
  why: "Action * gives every permission of the account to whoever takes over the principal.",
  check: ({ statements }) =>
    statements
      .filter((s) => s.effect === "Allow" && s.actions.some((action) => /^[*?]+(:[*?]+)?$/.test(action)))
      .map((s) => `statement ${s.label} allows the action "*"; list the actions that the code calls`),
});
