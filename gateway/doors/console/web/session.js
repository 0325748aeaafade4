// Who is logged in, and what they may do.
import * as api from './api.js';

let me = null;

export const user = () => me;
export const can = (scope) => me !== null && (me.scopes ?? []).includes(scope);

function take(answer) {
  me = answer;
  api.useCsrf(answer.csrf);
  return answer;
}

// 'in', 'out', or 'setup' when the gateway has no user yet. Throws ApiError when it cannot be asked.
export async function load() {
  try {
    take(await api.get('/me'));
    return 'in';
  } catch (failure) {
    if (failure.status !== 401) throw failure;
    forget();
    return (failure.body?.setup_needed ?? false) ? 'setup' : 'out';
  }
}

export async function logIn(name, password) { take(await api.post('/login', { user: name, password })); }
export async function setUp(token, name, password) { take(await api.post('/setup', { token, user: name, password })); }

export async function logOut() {
  await api.post('/logout');
  forget();
}

export function forget() {
  me = null;
  api.useCsrf('');
}
