// Fields from a tool's input schema: whole numbers, switches, texts, choices. What the firmware announces is
// an object of such properties; anything else is entered as JSON.
import * as fields from './fields.js';
import { t } from '../i18n/index.js';

const json = (name, schema, optional) => {
  const made = fields.text(name, {
    multiline: true, optional, required: !optional, hint: schema.description ?? t('tool.json'),
    value: schema.default === undefined ? '' : JSON.stringify(schema.default),
  });
  return { node: made.node, get value() { return made.value.trim() === '' ? undefined : JSON.parse(made.value); } };
};

const whole = (n) => (Number.isFinite(n) ? n : undefined);

function fieldFor(name, schema, optional) {
  const hint = schema.description;
  const value = schema.default;
  if (Array.isArray(schema.enum)) {
    const choices = schema.enum.map((each, at) => [String(at), String(each)]);
    if (optional) choices.unshift(['', '–']);
    const first = schema.enum.indexOf(value);
    const made = fields.choice(name, choices, { hint, value: first >= 0 ? String(first) : choices[0]?.[0] ?? '' });
    return { node: made.node, get value() { return made.value === '' ? undefined : schema.enum[Number(made.value)]; } };
  }
  switch (schema.type) {
    case 'integer':
    case 'number':
      return fields.integer(name, {
        min: whole(schema.minimum), max: whole(schema.maximum), hint, optional, value: whole(value),
        step: schema.type === 'integer' ? 1 : 'any',
      });
    case 'boolean':
      return fields.toggle(name, { value: value === true, hint });
    case 'string': {
      const made = fields.text(name, { value: typeof value === 'string' ? value : '', hint, optional, maxlength: 4096 });
      return { node: made.node, get value() { return made.value === '' && optional ? undefined : made.value; } };
    }
    default:
      return json(name, schema, optional);
  }
}

// RETURNS: {nodes, read()}; read() gives the arguments, and throws when a JSON field holds none.
export function schemaForm(schema) {
  const properties = Object.entries(schema?.properties ?? {});
  const required = new Set(schema?.required ?? []);
  const made = properties.map(([name, each]) => [name, fieldFor(name, each ?? {}, !required.has(name))]);
  return {
    nodes: made.map(([, field]) => field.node),
    read() {
      const given = {};
      for (const [name, field] of made) {
        const value = field.value;
        if (value !== undefined) given[name] = value;
      }
      return given;
    },
  };
}
