// A device's own tools (MCP): each with a form made from its input schema, and the answer below it.
import * as api from '../api.js';
import { el, fill } from '../dom.js';
import { t } from '../i18n/index.js';
import { can } from '../session.js';
import { when } from '../time.js';
import { button } from '../widgets/button.js';
import * as fields from '../widgets/fields.js';
import { form } from '../widgets/form.js';
import { badge, empty, loading, notice } from '../widgets/marks.js';
import { resultView } from '../widgets/result_view.js';
import { schemaForm } from '../widgets/schema_form.js';
import { explain } from '../widgets/toast.js';
import { send } from './send_command.js';

function toolForm(context, tool) {
  const made = schemaForm(tool.input_schema ?? tool.inputSchema);
  const answer = el('div', { role: 'status' });
  const permit = tool.user_only ? fields.check(t('tool.permit'), { required: true }) : null;
  if (tool.user_only && !can('commands:user-tools')) return notice(t('tool.no_scope'), 'warn');
  return el('div', { class: 'stack' }, form([...made.nodes, permit], {
    submit: t('tool.run'),
    send: async () => {
      let given;
      try { given = made.read(); } catch { throw new Error(t('tool.json_wrong')); }
      fill(answer);
      const body = { device: context.device.id, kind: 'tool', tool: tool.name, arguments: given };
      if (permit) body.allow_user_tools = true;
      await send(body, (command) => fill(answer, resultView(command)));
    },
  }), answer);
}

function toolEntry(context, tool) {
  const body = el('div', { class: 'body' });
  return el('details', { class: 'tool', 'data-tool': tool.name, ontoggle: (event) => {
    if (event.target.open && !body.firstChild) fill(body, toolForm(context, tool));
  } }, el('summary', {}, el('span', { class: 'what' }, el('code', {}, tool.name),
    el('span', { class: 'description' }, tool.description)), tool.user_only ? badge(t('tool.user_only'), 'warn') : null), body);
}

export function toolsTab(context) {
  const node = el('div', { class: 'stack' }, el('div', { class: 'card flush' }, loading(5)));
  async function load(refresh) {
    let answer;
    try { answer = await api.get(api.path('devices', context.device.id, 'tools'), refresh ? { refresh: 1 } : {}); } catch (failure) {
      if (refresh) throw failure;
      if (failure.status === 404) {  // nobody has asked this device yet
        if (context.device.online) return load(true).catch((refused) => fill(node, sorry(refused)));
        return fill(node, nothing());
      }
      return fill(node, sorry(failure));
    }
    const tools = answer.tools ?? [];
    fill(node, tools.length === 0
      ? nothing()
      : [el('div', { class: 'row spread' }, el('span', { class: 'soft small' }, t('tools.asked'), ' ', when(answer.at)), again()),
        el('div', { class: 'card flush' }, tools.map((tool) => toolEntry(context, tool)))]);
  }
  const sorry = (failure) => el('div', { class: 'card' }, empty('agents', t('tools.none'), explain(failure), again()));
  const nothing = () => el('div', { class: 'card' },
    empty('agents', t('tools.none'), t(context.device.online ? 'tools.none_advice' : 'tools.none_offline'), again()));
  const again = () => button(t('tools.ask'), () => load(true), { look: 'small' });
  load(false);
  return node;
}
