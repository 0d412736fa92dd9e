/**
 * Authorization: the Authorization header in either form, and the cookie that some tenants need.
 */

export type AuthorizationForm = 'quoted' | 'unquoted' | 'none';

const QUOTED = /^Token token="([^"]+)"(?:, name="([^"]*)")?$/;
const UNQUOTED = /^Token token=([^",\s]+)(?:, name=([^",]*))?$/;

/** What a request needs to be authorized. */
export interface Access {
  readonly token: string;
  readonly tokenName: string;
  readonly requireName: boolean;
  readonly authForm: 'quoted' | 'unquoted' | 'both';
  readonly xsrfToken: string | undefined;
}

/**
 * Returns the form of an Authorization header: `none` without one, or if the API would reject it.
 */
export function authorizationForm(authorization: string | null): AuthorizationForm {
  if (authorization === null) return 'none';
  if (QUOTED.test(authorization)) return 'quoted';
  return UNQUOTED.test(authorization) ? 'unquoted' : 'none';
}

/** Returns true if a request with these headers is authorized. */
export function isAuthorized(
  access: Access,
  authorization: string | null,
  cookie: string | null,
): boolean {
  const form = authorizationForm(authorization);
  if (form === 'none' || authorization === null) return false;
  if (access.authForm !== 'both' && access.authForm !== form) return false;
  const [, token, name] = (form === 'quoted' ? QUOTED : UNQUOTED).exec(authorization) ?? [];
  if (token !== access.token) return false;
  if (name === undefined ? access.requireName : name !== access.tokenName) return false;
  if (access.xsrfToken === undefined) return true;
  return (cookie ?? '').split(/; */).includes(`XSRF-TOKEN=${access.xsrfToken}`);
}
