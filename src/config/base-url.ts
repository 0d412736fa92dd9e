/** The address of the API, as users write it. */

const API_PATH = '/open/v1';

/**
 * The URL of the API's root, `…/open/v1` without a slash at its end, of an address with or without either; or, as text, what
 * is wrong with the address. That text does not quote it: addresses can hold passwords.
 */
export function apiRoot(address: string): URL | string {
  if (!URL.canParse(address)) return 'is no address: it begins with https://';
  const url = new URL(address);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return 'is no address: it begins with https://';
  if (url.username !== '' || url.password !== '')
    return 'holds a user name or a password: take them out, the API wants neither';
  if (url.search !== '' || url.hash !== '')
    return 'holds a query or a fragment (? or #): take it out';
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    return 'is http, which would show the token on its way: use https';
  const path = url.pathname.replace(/\/+$/, '');
  const prefix = path.endsWith(API_PATH) ? path.slice(0, -API_PATH.length) : path;
  if (`${prefix}/`.includes(`${API_PATH}/`)) return `goes on after ${API_PATH}: end it there`;
  url.pathname = prefix + API_PATH;
  return url;
}

/** Whether a URL's host is this machine itself. URL has already brought IPv4 addresses into four parts. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}
