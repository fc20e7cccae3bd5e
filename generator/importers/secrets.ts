import { isNamedSecret } from "../knowledge/secret-names.ts";
import { namedSecrets, secretsInText } from "../knowledge/secrets-in-text.ts";

/* Foreign configuration may hold secrets, and a spec ends in the world-readable Nix store. */

/** Whether the text holds a token, a password in an address, a private key or another secret that its form gives away. */
export const holdsSecret = (text: string): boolean => secretsInText(text).length > 0;

/** Whether the value of a variable or key is a secret, by its form or by the name. */
export const isSecret = (name: string, value: string): boolean => isNamedSecret(name, value) || holdsSecret(value);

/** Whether a text that only people read holds a secret: there, `password: …` is one too. */
export const commentHoldsSecret = (text: string): boolean => holdsSecret(text) || namedSecrets(text).length > 0;

/** A source's own comment, word for word unless it would carry a secret along. */
export const ownComment = (text: string): string =>
  commentHoldsSecret(text) ? "(a comment that holds a secret is left out)" : text;
