// Makes elements. Text is always set as text, so that no value of a scan becomes markup.

const SVG = "http://www.w3.org/2000/svg";

// An element with its attributes and children; what is null, undefined or false is left out.
// A function is the listener of the event that the attribute names ("onclick").
export function h(tag, attributes, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

// The same of SVG.
export function s(tag, attributes, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

// Puts these in the place of whatever an element holds.
export function show(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter(isThere));
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (isThere(value)) element.setAttribute(name, String(value));
  }
  element.append(...children.flat(Infinity).filter(isThere).map(part));
  return element;
}

function part(child) {
  return child instanceof Node ? child : document.createTextNode(visible(String(child)));
}

function isThere(value) {
  return value !== null && value !== undefined && value !== false;
}

// A text with its control characters and lone surrogates spelled out.
export function visible(text) {
  return text.replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
    (found) => "\\u" + found.charCodeAt(0).toString(16).padStart(4, "0"),
  );
}
