/** A proxy between the tap and the API, where the environment names one. */
import type { Agents } from 'got';
import { ConfigError } from './errors.js';

/**
 * The agents for requests to a URL: by `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`. What deals with proxies is loaded only where there is one.
 *
 * @throws ConfigError where the environment names no usable proxy; its address is not quoted, since it may hold a password
 */
export async function proxyAgents(url: URL): Promise<Agents | undefined> {
  if (!Object.keys(process.env).some((name) => /^(https?|all)_proxy$/i.test(name))) return undefined;
  const { getProxyForUrl } = await import('proxy-from-env');
  const proxy = getProxyForUrl(url.href);
  if (proxy === '') return undefined;
  if (!URL.canParse(proxy) || !/^https?:/.test(proxy)) {
    throw new ConfigError(
      `The proxy that the environment (HTTPS_PROXY) names for ${url.host} takes the form http://host:port`,
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
