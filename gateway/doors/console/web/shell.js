// The frame around the pages: side bar, top bar on phones, and the page that the address asks for.
import { el, fill } from './dom.js';
import * as events from './events.js';
import { choose, code, LANGUAGES, t } from './i18n/index.js';
import * as router from './router.js';
import * as session from './session.js';
import { sections, routes } from './pages/index.js';
import { button } from './widgets/button.js';
import { icon } from './widgets/icons.js';
import { dot, empty } from './widgets/marks.js';
import { announce } from './widgets/toast.js';

export function languageSwitch(changed) {
  return el('div', { class: 'segments', role: 'group', 'aria-label': t('shell.language') },
    LANGUAGES.map(([key, name]) => el('button', {
      type: 'button', lang: key, 'data-language': key, 'aria-pressed': String(code() === key),
      onclick: () => { choose(key); changed(); document.querySelector(`[data-language="${key}"]`)?.focus(); },
    }, name)));
}

export const brand = () =>
  el('a', { class: 'brand', href: '#/devices' }, el('img', { src: '/console/icon.svg', alt: '', width: 28, height: 28 }), 'Earshot');

function liveMark() {
  const mark = el('span', { class: 'live', role: 'status' });
  const KINDS = { live: 'good', connecting: 'warn', off: '' };
  events.watch((state) => fill(mark, dot(KINDS[state]), t(`shell.${state}`)));
  return mark;
}

function navigation(current) {
  return el('nav', { class: 'side-nav', 'aria-label': t('shell.navigation') }, sections()
    .map(({ title, pages }) => [title, pages.filter(({ scope }) => !scope || session.can(scope))])
    .filter(([, pages]) => pages.length > 0)
    .map(([title, pages]) => el('div', {}, el('h2', {}, title), pages.map(({ key, label }) =>
      el('a', { href: router.href(key), 'aria-current': key === current ? 'page' : null }, icon(key), label)))));
}

// The page's side of the frame: what it may use while it is shown.
function viewOf(root, token) {
  const cleanups = [];
  return {
    root,
    // Head of the page: title, a line below it, what can be done with all of it.
    head(title, { lead, actions = [], back } = {}) {
      document.title = `${title} · Earshot`;
      const heading = el('h1', { tabindex: -1 }, title);
      return el('header', { class: 'page-head' }, el('div', { class: 'titles' },
        back ? el('a', { class: 'back', href: back.href }, icon('back', 16), back.label) : null,
        heading, lead ? el('p', {}, lead) : null), el('div', { class: 'actions' }, actions));
    },
    cleanup(work) { cleanups.push(work); },
    on(handler) { cleanups.push(events.listen(handler)); },
    every(ms, work) {
      const timer = setInterval(() => { if (!document.hidden) work(); }, ms);
      cleanups.push(() => clearInterval(timer));
    },
    alive: () => token.current === root,
    close() { for (const work of cleanups.splice(0)) work(); },
  };
}

export function shell(app, { redraw, loggedOut }) {
  const main = el('main', { class: 'main', id: 'main', tabindex: -1 });
  const side = el('aside', { class: 'side', id: 'side' });
  const menu = el('button', { class: 'button quiet icon', type: 'button', 'aria-controls': 'side', 'aria-expanded': 'false',
    'aria-label': t('shell.menu'), onclick: () => openMenu(!side.classList.contains('open')) }, icon('menu'));
  const openMenu = (open) => {
    side.classList.toggle('open', open);
    menu.setAttribute('aria-expanded', String(open));
  };
  const again = () => { view?.close(); router.stop(); redraw(); };
  const foot = el('div', { class: 'side-foot' }, liveMark(), languageSwitch(again),
    el('div', { class: 'who' }, el('a', { href: '#/account' }, session.user().user),
      button(t('shell.logout'), async () => { await session.logOut(); view?.close(); loggedOut(); }, { look: 'quiet small' })));
  const token = { current: null };
  let view = null;
  let firstPage = true;

  fill(app,
    el('a', { class: 'skip', href: '#main', onclick: (event) => { event.preventDefault(); main.focus(); } }, t('shell.skip')),
    el('div', { class: 'frame' }, el('header', { class: 'topbar' }, brand(), menu), side, main));
  side.addEventListener('keydown', (event) => { if (event.key === 'Escape') { openMenu(false); menu.focus(); } });

  router.start(routes(), (page, params, query) => {
    view?.close();
    openMenu(false);
    if (!page) { page = { key: '', show: (each) => notFound(each) }; }
    fill(side, brand(), navigation(page.key), foot);
    const root = el('div', {});
    token.current = root;
    view = viewOf(root, token);
    fill(main, root);
    page.show(view, params, query);
    if (!firstPage) { window.scrollTo(0, 0); root.querySelector('h1')?.focus(); announce(document.title); }
    firstPage = false;
  });
  events.start();
}

function notFound(view) {
  view.root.append(view.head(t('missing.title')),
    empty('search', t('missing.title'), t('missing.advice'), el('a', { class: 'button primary', href: '#/devices' }, t('missing.action'))));
}
