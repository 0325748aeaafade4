// Say something through a device, show something on it, restart it. The receipt says what the firmware could do.
import * as api from '../api.js';
import { el, fill } from '../dom.js';
import { t } from '../i18n/index.js';
import { button } from '../widgets/button.js';
import { confirm } from '../widgets/dialog.js';
import * as fields from '../widgets/fields.js';
import { form } from '../widgets/form.js';
import { resultView } from '../widgets/result_view.js';
import { segments } from '../widgets/tabs.js';
import { send } from './send_command.js';

const EMOTIONS = ['neutral', 'happy', 'laughing', 'loving', 'thinking', 'surprised', 'sad', 'angry', 'sleepy'];

export function messageCard(context) {
  const answer = el('div', { role: 'status' });
  const place = el('div');
  const id = context.device.id;
  const command = (body) => send({ device: id, ...body }, (each) => fill(answer, resultView(each)));

  function sayForm() {
    const words = fields.text(t('message.say_text'), { multiline: true, required: true, maxlength: 500, name: 'say',
      placeholder: t('message.say_example') });
    return form([words], { submit: t('message.say'), send: () => command({ kind: 'say', text: words.value.trim() }) });
  }
  function alertForm() {
    const status = fields.text(t('message.status'), { required: true, maxlength: 64, value: t('message.status_example') });
    const words = fields.text(t('message.alert_text'), { multiline: true, required: true, maxlength: 500 });
    const emotion = fields.choice(t('message.emotion'), EMOTIONS.map((each) => [each, t(`emotion.${each}`)]), { value: 'neutral' });
    return form([el('div', { class: 'fields' }, status.node, emotion.node), words], { submit: t('message.alert'),
      send: () => command({ kind: 'alert', status: status.value.trim(), message: words.value.trim(), emotion: emotion.value }) });
  }
  const open = (kind) => fill(place, kind === 'say' ? sayForm() : alertForm());
  open('say');
  return el('section', { class: 'card stack' },
    el('div', { class: 'row spread' }, el('h2', {}, t('message.title')),
      segments(t('message.title'), [['say', t('message.say')], ['alert', t('message.alert')]], 'say', open)),
    place, answer,
    el('div', { class: 'row' }, button(t('message.reboot'), () => confirm(t('message.reboot'), t('message.reboot_lead'), t('message.reboot'),
      () => command({ kind: 'reboot' }), { danger: false }), { look: 'small' })));
}
