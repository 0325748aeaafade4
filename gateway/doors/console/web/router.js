// Which page the address shows: everything behind '#'. Pages are given as [pattern, page]; `:name` takes one segment.

let routes = [];
let show = () => {};

const decode = (text) => { try { return decodeURIComponent(text); } catch { return text; } };

export function parse(hash) {
  const [route, query = ''] = hash.replace(/^#\/?/, '').split('?');
  return { segments: route.split('/').filter(Boolean).map(decode), query: new URLSearchParams(query) };
}

function match(pattern, segments) {
  const wanted = pattern.split('/').filter(Boolean);
  if (wanted.length !== segments.length) return null;
  const params = {};
  for (let i = 0; i < wanted.length; ++i) {
    if (wanted[i].startsWith(':')) params[wanted[i].slice(1)] = segments[i];
    else if (wanted[i] !== segments[i]) return null;
  }
  return params;
}

export function start(table, shown) {
  routes = table;
  show = shown;
  window.addEventListener('hashchange', go);
  go();
}

export function stop() { window.removeEventListener('hashchange', go); }

export function go() {
  const { segments, query } = parse(location.hash);
  for (const [pattern, page] of routes) {
    const params = match(pattern, segments);
    if (params) return show(page, params, query);
  }
  return show(null, {}, query);
}

// The address of a page: href('devices', id).
export const href = (...segments) => '#/' + segments.map((segment) => encodeURIComponent(segment)).join('/');
export function navigate(...segments) { location.hash = href(...segments); }
// Changes the query of the address without a new page and without a step of history.
export function keepQuery(query) {
  const given = Object.entries(query).filter(([, value]) => value);
  const [route] = location.hash.split('?');
  history.replaceState(null, '', given.length ? `${route}?${new URLSearchParams(given)}` : route);
}
