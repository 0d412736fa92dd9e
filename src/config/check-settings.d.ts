/**
 * Checks the values of settings by the settings' schema; only the token may be missing. ajv writes
 * the code during the build (`scripts/build.js`): loading ajv takes longer than a first request.
 */
export const checkSettings: {
  (values: Readonly<Record<string, unknown>>): boolean;
  /** What is wrong in the values that were checked last. */
  errors?: readonly { readonly instancePath: string }[] | null;
};
