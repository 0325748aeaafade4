// The texts of the console in the language of its reader; remembered in this browser.
import en from './en.js';
import zh from './zh.js';

const TABLES = { en, zh };
const KEPT = 'earshot.language';

function first() {
  let kept = null;
  try { kept = localStorage.getItem(KEPT); } catch { /* a browser that keeps nothing */ }
  if (kept in TABLES) return kept;
  return (navigator.languages ?? [navigator.language]).some((tag) => tag.startsWith('zh')) &&
    !(navigator.language ?? '').startsWith('en') ? 'zh' : 'en';
}

let current = first();

export const LANGUAGES = [['en', 'English'], ['zh', '中文']];
export const language = () => (current === 'zh' ? 'zh-CN' : 'en');
export const code = () => current;

export function choose(next) {
  if (!(next in TABLES)) return;
  current = next;
  try { localStorage.setItem(KEPT, next); } catch { /* it lasts until the page is closed */ }
  document.documentElement.lang = language();
}
document.documentElement.lang = language();

// Fills in {names} from `values`.
export function t(key, values = {}) {
  const text = TABLES[current][key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

// For counts: `key.one` or `key.other`, with {n} as a formatted number.
export function count(key, n) {
  const form = new Intl.PluralRules(language()).select(n) === 'one' ? 'one' : 'other';
  return t(`${key}.${form}`, { n: number(n) });
}

export const number = (n) => new Intl.NumberFormat(language()).format(n ?? 0);
export const has = (key) => key in TABLES[current];
