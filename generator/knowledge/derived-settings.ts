/** The settings that have a key of their own in the spec, with that key. `settings` must not give them another value. */
export const DERIVED: Readonly<Record<string, string>> = {
  substituters: "substituters",
  "trusted-public-keys": "substituters",
  "trusted-users": "trustedUsers",
  "allowed-users": "allowedUsers",
  "build-users-group": "buildUsers",
};
