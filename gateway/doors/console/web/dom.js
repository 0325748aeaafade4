// Builds the page from values. Text is always text: nothing here turns a string into markup, and the gateway's
// content policy (Trusted Types) forbids it besides.

const SVG = 'http://www.w3.org/2000/svg';
const PROPERTIES = new Set(['value', 'checked', 'disabled', 'indeterminate', 'selected', 'hidden', 'open']);

function set(node, props) {
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (PROPERTIES.has(name)) node[name] = value;
    else if (value !== false) node.setAttribute(name, value === true ? '' : String(value));
  }
}

// Children: nodes, texts, numbers, lists of those; null, undefined and false are left out.
export function add(node, ...children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : String(child));
  }
  return node;
}

export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  set(node, props);
  return add(node, ...children);
}

export function svg(tag, props = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  set(node, props);
  return add(node, ...children);
}

export function fill(node, ...children) {
  node.replaceChildren();
  return add(node, ...children);
}

let lastId = 0;
export const uniqueId = (word) => `${word}-${++lastId}`;
