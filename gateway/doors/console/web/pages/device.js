// One device: its head and tabs. Each tab is a file of its own.
import * as api from '../api.js';
import { add, el, fill } from '../dom.js';
import * as events from '../events.js';
import { t } from '../i18n/index.js';
import { href } from '../router.js';
import { can } from '../session.js';
import { badge, empty, loading } from '../widgets/marks.js';
import { tabs } from '../widgets/tabs.js';
import { explain } from '../widgets/toast.js';
import { commandsTab } from './device_commands.js';
import { conversationsTab } from './device_conversations.js';
import { memoryTab } from './device_memory.js';
import { overviewTab } from './device_overview.js';
import { toolsTab } from './device_tools.js';
import { onlineDot, stateBadge } from './devices.js';

export async function show(view, params) {
  const back = { href: '#/devices', label: t('devices.title') };
  add(view.root, view.head(params.id, { back }), el('div', { class: 'card flush' }, loading(6)));
  let device;
  try { device = await api.get(api.path('devices', params.id)); } catch (failure) {
    if (view.alive()) {
      fill(view.root, view.head(params.id, { back }), el('div', { class: 'card' }, failure.status === 404
        ? empty('devices', t('device.unknown'), t('device.unknown_advice')) : el('p', { role: 'alert' }, explain(failure))));
    }
    return;
  }
  if (!view.alive()) return;

  const badges = el('div', { class: 'row' });
  const head = view.head(device.name || device.id, { back });
  const title = head.querySelector('h1');
  head.querySelector('.titles').append(badges);
  const subscribers = new Set();
  const context = {
    view,
    get device() { return device; },
    // Takes what the API answered, or asks; every part that shows the device is drawn anew.
    update(next) {
      device = next;
      title.textContent = device.name || device.id;
      document.title = `${title.textContent} · Earshot`;
      drawBadges();
      for (const each of subscribers) each(device);
    },
    async refresh() { context.update(await api.get(api.path('devices', device.id))); },
    follow(work) { subscribers.add(work); work(device); },
    event: null,  // of the open tab: (kind, data)
  };
  function drawBadges() {
    fill(badges, el('span', { class: 'row' }, onlineDot(device), t(device.online ? 'device.online' : 'device.offline')),
      stateBadge(device), device.session ? badge(t('device.talking'), 'accent') : null, el('code', { class: 'soft' }, device.id));
  }

  const refresh = events.calmly(() => context.refresh().catch(() => {}), 500);
  view.cleanup(() => refresh.stop());
  view.on((kind, data) => {
    if (kind !== 'resumed' && data.device !== device.id) return;
    if (!['turn', 'tool', 'command'].includes(kind)) refresh();
    context.event?.(kind, data);
  });

  const open = (build) => () => { subscribers.clear(); context.event = null; return build(context); };
  const entries = [
    { key: 'overview', label: t('device.tab.overview'), build: open(overviewTab) },
    can('commands') && { key: 'tools', label: t('device.tab.tools'), build: open(toolsTab) },
    can('conversations:read') && { key: 'conversations', label: t('device.tab.conversations'), build: open(conversationsTab) },
    can('conversations:read') && { key: 'memory', label: t('device.tab.memory'), build: open(memoryTab) },
    can('commands') && { key: 'commands', label: t('device.tab.commands'), build: open(commandsTab) },
  ].filter(Boolean);
  drawBadges();
  fill(view.root, head, tabs(entries, params.tab ?? 'overview', (key) => {
    history.replaceState(null, '', key === 'overview' ? href('devices', device.id) : href('devices', device.id, key));
  }).node);
}
