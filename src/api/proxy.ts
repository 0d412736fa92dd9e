/** A proxy between the tap and the API, where the environment names one. */
import type { Agents } from 'got';
import { ConfigError } from '../errors.js';

/**
 * The agents for requests to a URL: by `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`. What deals with proxies is loaded only where there is one.
 *
 * @throws ConfigError where the environment names no usable proxy; its address is not quoted, since it may hold a password
 */
export async function proxyAgents(url: URL): Promise<Agents | undefined> {
  const given = Object.keys(process.env).flatMap((name) =>
    /^(https?|all)_proxy$/i.test(name) ? process.env[name] : [],
  );
  if (given.length === 0) return undefined;
  const { getProxyForUrl } = await import('proxy-from-env');
  const named = getProxyForUrl(url.href);
  if (named === '') return undefined;
  // One without a scheme is spoken to in plain HTTP, as curl does; the library puts the scheme of what is asked for before it.
  const proxy = given.includes(named) ? named : named.replace(/^https:/, 'http:');
  if (!URL.canParse(proxy) || !/^https?:/.test(proxy)) {
    throw new ConfigError(
      'SETTING_WRONG',
      `HTTPS_PROXY (environment): the proxy for ${url.host} is not a valid URL (expected http://host:port)`,
    );
  }
  const [{ HttpsProxyAgent }, { HttpProxyAgent }] = await Promise.all([
    import('https-proxy-agent'),
    import('http-proxy-agent'),
  ]);
  return {
    https: new HttpsProxyAgent(new URL(proxy), { keepAlive: true }),
    http: new HttpProxyAgent(new URL(proxy), { keepAlive: true }),
  };
}
