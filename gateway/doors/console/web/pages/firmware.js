// Firmware images, by board: upload, roll out to a share of the devices, hold back, take away.
import * as api from '../api.js';
import { add, el, fill } from '../dom.js';
import { number, t } from '../i18n/index.js';
import { can } from '../session.js';
import { when } from '../time.js';
import { upload } from '../upload.js';
import { button } from '../widgets/button.js';
import { cancelButton, confirm, dialog } from '../widgets/dialog.js';
import * as fields from '../widgets/fields.js';
import { form } from '../widgets/form.js';
import { icon } from '../widgets/icons.js';
import { badge, empty, facts, loading, meter } from '../widgets/marks.js';
import { done, explain } from '../widgets/toast.js';

const size = (bytes) => t('firmware.mib', { n: number(Math.round((bytes / 1048576) * 100) / 100) });

function uploadDialog() {
  return dialog(t('firmware.upload'), (close) => {
    const board = fields.text(t('firmware.board'), { required: true, maxlength: 64, hint: t('firmware.board_hint'), name: 'board' });
    const version = fields.text(t('firmware.version'), { required: true, maxlength: 32, placeholder: '2.1.0', name: 'version' });
    const file = fields.file(t('firmware.file'), { accept: '.bin', hint: t('firmware.file_hint') });
    const bar = el('progress', { max: 1, value: 0, hidden: true, 'aria-label': t('firmware.uploading') });
    const told = el('p', { class: 'small soft', role: 'status' });
    let shown = '';
    const tell = (text) => { if (text !== shown) { shown = text; fill(told, text); } };
    return form([el('div', { class: 'fields' }, board.node, version.node), file, bar, told], {
      submit: t('firmware.upload'), buttons: [cancelButton(close)],
      send: async () => {
        bar.hidden = false;
        tell(t('firmware.hashing'));
        await upload(file.value, { board: board.value.trim(), version: version.value.trim() }, {
          hashed: (share) => { bar.value = share * 0.1; },
          told: (share, resumed) => {
            bar.value = 0.1 + share * 0.9;
            tell(`${t(resumed ? 'firmware.resumed' : 'firmware.uploading')} ${Math.floor(share * 10) * 10} %`);
          },
        });
        done(t('firmware.uploaded'));
        close(true);
      },
    });
  }, { lead: t('firmware.upload_lead') });
}

function settingsDialog(image) {
  return dialog(`${image.board} · ${image.version}`, (close) => {
    const enabled = fields.toggle(t('firmware.enabled'), { value: image.enabled, hint: t('firmware.enabled_hint') });
    const share = fields.integer(t('firmware.percentage'), { value: image.percentage, min: 0, max: 100, hint: t('firmware.percentage_hint') });
    const floor = fields.text(t('firmware.floor'), { value: image.minimum_version, optional: true, placeholder: '1.8.0', hint: t('firmware.floor_hint') });
    const force = fields.toggle(t('firmware.force'), { value: image.force, hint: t('firmware.force_hint') });
    const notes = fields.text(t('firmware.notes'), { value: image.notes, multiline: true, optional: true, maxlength: 2000 });
    return form([enabled, share, floor, force, notes], { submit: t('form.save'), buttons: [cancelButton(close)], send: async () => {
      await api.patch(api.path('firmware', image.id), { enabled: enabled.value, percentage: share.value,
        minimum_version: floor.value.trim(), force: force.value, notes: notes.value });
      done(t('form.saved'));
      close(true);
    } });
  });
}

function card(image, changed) {
  return el('article', { class: 'card image-card' },
    el('div', { class: 'row spread' }, el('h3', {}, `${image.board} · ${image.version}`),
      el('span', { class: 'row' }, badge(t(image.enabled ? 'firmware.on' : 'firmware.off'), image.enabled ? 'good' : ''),
        image.force ? badge(t('firmware.forced'), 'warn') : null)),
    el('div', { class: 'stack tight' }, el('div', { class: 'row spread small' }, el('span', { class: 'soft' }, t('firmware.percentage')),
      el('span', { class: 'number' }, `${image.percentage} %`)), meter(image.percentage / 100, t('firmware.percentage'))),
    facts([[t('firmware.file'), image.file_name], [t('firmware.size'), size(image.size_bytes)],
      image.minimum_version ? [t('firmware.floor'), image.minimum_version] : null,
      [t('firmware.created'), when(image.created)],
      [t('firmware.sha256'), el('code', { title: image.sha256 }, `${(image.sha256 ?? '').slice(0, 16)}…`)],
      image.notes ? [t('firmware.notes'), image.notes] : null]),
    can('firmware:write') ? el('div', { class: 'row' },
      button(t('firmware.change'), async () => { if (await settingsDialog(image)) changed(); }, { look: 'small' }),
      button(t('list.delete'), async () => {
        if (await confirm(t('firmware.delete'), t('firmware.delete_lead'), t('list.delete'), () => api.remove(api.path('firmware', image.id)),
          { retype: image.version })) changed();
      }, { look: 'small danger' })) : null);
}

export async function show(view) {
  const make = () => (can('firmware:write')
    ? button([icon('plus', 16), t('firmware.upload')], async () => { if (await uploadDialog()) load(); }, { look: 'primary' }) : null);
  const place = el('div', {}, el('div', { class: 'card flush' }, loading(4)));
  add(view.root, view.head(t('firmware.title'), { lead: t('firmware.lead'), actions: [make()] }), place);
  async function load() {
    try {
      const images = api.items(await api.get('/firmware'));
      if (!view.alive()) return;
      fill(place, images.length ? el('div', { class: 'columns' }, images.map((image) => card(image, load)))
        : el('div', { class: 'card' }, empty('firmware', t('firmware.none'), t('firmware.none_advice'), make())));
    } catch (failure) {
      fill(place, el('div', { class: 'card' }, el('p', { role: 'alert' }, explain(failure)), button(t('list.again'), load)));
    }
  }
  view.on((kind) => { if (kind === 'resumed') load(); });
  await load();
}
