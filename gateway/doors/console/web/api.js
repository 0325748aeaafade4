// The gateway's HTTP API (docs/api.md). Everything else in the console talks to the gateway through here.

const BASE = '/api/v1';
const PATIENCE_MS = 20000;

let csrf = '';
let onLoggedOut = () => {};

export class ApiError extends Error {
  constructor(status, code, message, body) {
    super(message);
    this.status = status;
    this.code = code;
    this.body = body;
  }
}

export function useCsrf(token) { csrf = token ?? ''; }
export function whenLoggedOut(handler) { onLoggedOut = handler; }

// A path from its parts, each encoded: path('devices', id, 'tools').
export const path = (...parts) => '/' + parts.map((part) => encodeURIComponent(part)).join('/');
export const urlOf = (path) => BASE + path;

function withQuery(path, query) {
  const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== null && value !== '');
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}

async function read(response) {
  const type = response.headers.get('Content-Type') ?? '';
  if (!type.startsWith('application/json')) return {};
  return response.json().catch(() => ({}));
}

async function call(method, path, { query, body, bytes, signal, patience = PATIENCE_MS } = {}) {
  const headers = { Accept: 'application/json' };
  if (method !== 'GET') headers['X-Earshot-CSRF'] = csrf;
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (bytes !== undefined) headers['Content-Type'] = 'application/octet-stream';
  let response;
  try {
    response = await fetch(BASE + withQuery(path, query), {
      method, headers, credentials: 'same-origin', cache: 'no-store', redirect: 'error',
      body: bytes ?? (body === undefined ? undefined : JSON.stringify(body)),
      signal: signal ?? AbortSignal.timeout(patience),
    });
  } catch (failure) {
    if (signal?.aborted) throw failure;
    throw new ApiError(0, failure.name === 'TimeoutError' ? 'slow' : 'unreachable', '');
  }
  const answer = await read(response);
  if (response.ok) return answer;
  const error = answer.error ?? {};
  if (response.status === 401 && csrf !== '') onLoggedOut();
  throw new ApiError(response.status, error.code ?? 'internal', error.message ?? '', answer);
}

export const get = (path, query, options) => call('GET', path, { query, ...options });
export const post = (path, body = {}, options) => call('POST', path, { body, ...options });
export const put = (path, body, options) => call('PUT', path, { body, ...options });
export const patch = (path, body, options) => call('PATCH', path, { body, ...options });
export const remove = (path, options) => call('DELETE', path, options);
export const putBytes = (path, bytes, options) => call('PUT', path, { bytes, patience: 60000, ...options });

// Lists come as {items}; a few short ones as a bare array.
export const items = (answer) => (Array.isArray(answer) ? answer : answer.items ?? []);
