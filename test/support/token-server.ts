/**
 * An OAuth2 provider on loopback: authorization code with PKCE, device code, client credentials, and refresh tokens that
 * are exchanged at each use. Strict about what it is sent; told by `next` to misbehave.
 *
 *   const provider = await startTokenServer();
 *   provider.endpoints;                      // for a custom sign-in
 *   await provider.visit(url);               // a person signs in with a browser that follows redirects
 *   provider.enterCode(userCode);            // a person enters the code of a device
 *   provider.next('unreachable', ...);       // what the token endpoint does next, one a request
 *   provider.revoke();                       // no refresh token is good any more
 *   provider.isGood(accessToken);            // for an SMTP peer that takes XOAUTH2
 *   await provider.close();
 */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Misbehaviour =
  | { readonly error: string; readonly description?: string; readonly status?: number }
  /** Status 500 and a page. */
  | 'broken'
  /** 200 and no JSON. */
  | 'garbage'
  /** An answer that does not end. */
  | 'huge'
  /** JSON without what belongs in it. */
  | 'empty'
  /** The connection is reset. */
  | 'reset'
  | 'redirect';

export interface TokenRequest {
  readonly grant: string;
  readonly parameters: URLSearchParams;
}

export interface TokenServerOptions {
  readonly clientId?: string;
  /** '' takes public clients. */
  readonly clientSecret?: string;
  /** Named in the ID token, when openid is asked for. */
  readonly mailbox?: string;
  readonly lifetimeSeconds?: number;
  /** Of the device flow. */
  readonly intervalSeconds?: number;
  /** Gives no refresh token. */
  readonly isForgetful?: boolean;
}

export interface TokenServer {
  readonly clientId: string;
  readonly endpoints: {
    readonly authorizationEndpoint: string;
    readonly tokenEndpoint: string;
    readonly deviceEndpoint: string;
  };
  /** Of the token endpoint. */
  readonly requests: TokenRequest[];
  /** Every secret and token that was ever in it, for tests that look for them where they must not be. */
  readonly secrets: Set<string>;
  clientSecret: string;
  lifetimeSeconds: number;
  next(...misbehaviours: Misbehaviour[]): void;
  /** Requests wait until the returned function is called. */
  hold(): () => void;
  /** Opens the address as a browser does; resolves with where it ended, or was to go when nobody is there. */
  visit(
    url: string,
    answer?: { readonly error: string; readonly description?: string },
  ): Promise<{
    readonly address: string;
    readonly page: string;
  }>;
  /** The address that the browser would be sent to. */
  consent(url: string): string;
  enterCode(userCode: string): void;
  refuseCode(userCode: string): void;
  revoke(): void;
  /** As `revoke`, for access tokens alone. */
  endSessions(): void;
  isGood(accessToken: string): boolean;
  close(): Promise<void>;
}

interface Device {
  readonly userCode: string;
  readonly scope: string;
  state: 'pending' | 'allowed' | 'refused';
}

const maxRequestBytes = 100_000;

export async function startTokenServer(options: TokenServerOptions = {}): Promise<TokenServer> {
  const { clientId = 'mailroot-test', mailbox = 'printer@corp.test', intervalSeconds = 1 } = options;
  const codes = new Map<string, { challenge: string; redirectUri: string; scope: string }>();
  const devices = new Map<string, Device>();
  const refreshTokens = new Set<string>();
  const accessTokens = new Set<string>();
  const requests: TokenRequest[] = [];
  const secrets = new Set<string>();
  const planned: Misbehaviour[] = [];
  let gate: Promise<void> = Promise.resolve();
  const make = (kind: string): string => {
    const made = `${kind}-${randomBytes(18).toString('hex')}`;
    secrets.add(made);
    return made;
  };

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => send(response, 500, { error: String(error) }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const result: TokenServer = {
    clientId,
    endpoints: {
      authorizationEndpoint: `${origin}/authorize`,
      tokenEndpoint: `${origin}/token`,
      deviceEndpoint: `${origin}/device`,
    },
    requests,
    secrets,
    clientSecret: options.clientSecret ?? '',
    lifetimeSeconds: options.lifetimeSeconds ?? 3600,
    next: (...misbehaviours) => void planned.push(...misbehaviours),
    hold() {
      let open = (): void => undefined;
      gate = new Promise((resolve) => {
        open = resolve;
      });
      return () => open();
    },
    async visit(url, answer) {
      const address = answer === undefined ? result.consent(url) : refusalOf(url, answer);
      try {
        const response = await fetch(address, { redirect: 'manual' });
        return { address, page: await response.text() };
      } catch {
        return { address, page: '' };
      }
    },
    consent(url) {
      const { searchParams } = new URL(url);
      const read = (name: string): string => searchParams.get(name) ?? '';
      if (read('client_id') !== clientId) throw new Error('unknown client');
      if (read('response_type') !== 'code' || read('code_challenge_method') !== 'S256')
        throw new Error('not a request for a code with PKCE');
      const code = make('code');
      const redirectUri = read('redirect_uri');
      codes.set(code, { challenge: read('code_challenge'), redirectUri, scope: read('scope') });
      const target = new URL(redirectUri);
      target.searchParams.set('code', code);
      target.searchParams.set('state', read('state'));
      return target.href;
    },
    enterCode: (userCode) => setDevice(userCode, 'allowed'),
    refuseCode: (userCode) => setDevice(userCode, 'refused'),
    revoke() {
      refreshTokens.clear();
      accessTokens.clear();
    },
    endSessions: () => accessTokens.clear(),
    isGood: (token) => accessTokens.has(token),
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };

  const setDevice = (userCode: string, state: Device['state']): void => {
    const device = [...devices.values()].find((each) => each.userCode === userCode);
    if (!device) throw new Error(`nobody knows the code ${userCode}`);
    device.state = state;
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parameters = new URLSearchParams(await readBody(request));
    await gate;
    if (request.method === 'POST' && request.url === '/device') return giveDeviceCode(parameters, response);
    if (request.method !== 'POST' || request.url !== '/token') return send(response, 404, {});
    requests.push({ grant: parameters.get('grant_type') ?? '', parameters });
    const misbehaviour = planned.shift();
    if (misbehaviour !== undefined) return misbehave(misbehaviour, response);
    const refusal = whyNot(parameters);
    if (refusal !== undefined)
      return send(response, refusal === 'invalid_client' ? 401 : 400, { error: refusal });
    const grant = parameters.get('grant_type');
    const refreshToken =
      grant === 'client_credentials' || options.isForgetful === true ? undefined : make('refresh');
    if (refreshToken !== undefined) refreshTokens.add(refreshToken);
    const accessToken = make('access');
    accessTokens.add(accessToken);
    const asksWho = (parameters.get('scope') ?? '').includes('openid') || askedWho;
    send(response, 200, {
      token_type: 'Bearer',
      access_token: accessToken,
      expires_in: result.lifetimeSeconds,
      ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
      ...(asksWho ? { id_token: idToken(mailbox) } : {}),
    });
  }

  let askedWho = false;
  function whyNot(parameters: URLSearchParams): string | undefined {
    const read = (name: string): string => parameters.get(name) ?? '';
    if (read('client_id') !== clientId || read('client_secret') !== result.clientSecret)
      return 'invalid_client';
    switch (read('grant_type')) {
      case 'authorization_code': {
        const code = codes.get(read('code'));
        codes.delete(read('code'));
        const challenge = createHash('sha256').update(read('code_verifier')).digest('base64url');
        secrets.add(read('code_verifier'));
        askedWho = code?.scope.includes('openid') === true;
        return code?.challenge === challenge && code.redirectUri === read('redirect_uri')
          ? undefined
          : 'invalid_grant';
      }
      case 'refresh_token':
        // Each is good for one time.
        return refreshTokens.delete(read('refresh_token')) ? undefined : 'invalid_grant';
      case 'client_credentials':
        return undefined;
      case 'urn:ietf:params:oauth:grant-type:device_code': {
        const device = devices.get(read('device_code'));
        if (!device) return 'expired_token';
        if (device.state === 'pending') return 'authorization_pending';
        devices.delete(read('device_code'));
        askedWho = device.scope.includes('openid');
        return device.state === 'refused' ? 'access_denied' : undefined;
      }
      default:
        return 'unsupported_grant_type';
    }
  }

  function giveDeviceCode(parameters: URLSearchParams, response: ServerResponse): void {
    if (parameters.get('client_id') !== clientId) {
      send(response, 400, { error: 'invalid_client' });
      return;
    }
    const deviceCode = make('device');
    const userCode = randomBytes(4).toString('hex').toUpperCase();
    devices.set(deviceCode, { userCode, scope: parameters.get('scope') ?? '', state: 'pending' });
    send(response, 200, {
      device_code: deviceCode,
      user_code: userCode,
      verification_uri: `${origin}/enter`,
      expires_in: 900,
      interval: intervalSeconds,
    });
  }

  return result;
}

function refusalOf(url: string, { error, description }: { error: string; description?: string }): string {
  const { searchParams } = new URL(url);
  const target = new URL(searchParams.get('redirect_uri') ?? '');
  target.searchParams.set('error', error);
  if (description !== undefined) target.searchParams.set('error_description', description);
  target.searchParams.set('state', searchParams.get('state') ?? '');
  return target.href;
}

function misbehave(how: Misbehaviour, response: ServerResponse): void {
  if (typeof how === 'object') {
    send(response, how.status ?? 400, { error: how.error, error_description: how.description });
    return;
  }
  switch (how) {
    case 'broken':
      response.writeHead(500, { 'content-type': 'text/html' }).end('<h1>Server Error</h1>');
      return;
    case 'garbage':
      response.writeHead(200, { 'content-type': 'text/html' }).end('<form>Log in to the network</form>');
      return;
    case 'empty':
      send(response, 200, { token_type: 'Bearer' });
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'redirect':
      response.writeHead(302, { location: 'http://127.0.0.1:9/elsewhere' }).end();
      return;
    case 'huge':
      sendForever(response);
  }
}

function sendForever(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.on('error', () => undefined);
  const more = (): void => {
    let hasRoom = true;
    while (hasRoom && !response.destroyed) hasRoom = response.write(' '.repeat(16_384));
    if (!response.destroyed) response.once('drain', more);
  };
  more();
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

const idToken = (mailbox: string): string =>
  ['{"alg":"none"}', JSON.stringify({ email: mailbox }), '']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');

async function readBody(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const piece of request) {
    body += String(piece);
    if (body.length > maxRequestBytes) throw new Error('too large');
  }
  return body;
}
