// Parts that several pages show.

import { h } from "./dom.js";
import { matching } from "./names.js";

export const STATUSES = ["ERROR", "FAIL", "MANUAL", "PASS"];
export const SEVERITIES = ["critical", "high", "medium", "low", "informational"];
export const DIFFICULTIES = {
  0: "nothing is left to do",
  1: "API calls only",
  2: "own code must run",
  3: "waiting, another party or the network must help",
  4: "unlikely",
};

export function count(number, noun, nouns = `${noun}s`) {
  return `${number.toLocaleString("en")} ${number === 1 ? noun : nouns}`;
}

export function tag(text, tone = text.toLowerCase()) {
  return h("span", { class: `tag ${tone}` }, text);
}

export function section(title, ...children) {
  return h("section", { class: "card" }, h("h2", null, title), ...children);
}

// A heading that is focused when its page opens.
export function heading(text, ...others) {
  return h("div", { class: "heading" }, h("h1", { tabindex: "-1" }, text), ...others);
}

// A table of columns [title, row => cell]; on narrow screens each row is a block of its own, unless
// the cells are short (isStacked: false). Of many rows some are shown first, and more when they are asked for.
export function table(rows, columns, { caption = "", most = 100, isStacked = true } = {}) {
  const body = h("tbody");
  const more = h("button", { type: "button", class: "more", onclick: () => grow() });
  let shown = 0;
  function grow() {
    const next = rows.slice(shown, shown + most);
    shown += next.length;
    body.append(
      ...next.map((row) =>
        h("tr", null, columns.map(([title, cell]) => h("td", { "data-title": title }, cell(row)))),
      ),
    );
    more.hidden = shown >= rows.length;
    more.textContent = `Show ${Math.min(most, rows.length - shown)} more of ${count(rows.length - shown, "further row")}`;
  }
  grow();
  return h(
    "div",
    { class: isStacked ? "scroll stacked" : "scroll", role: "region", tabindex: "0", "aria-label": caption || "Table" },
    h(
      "table",
      null,
      caption && h("caption", { class: "unseen" }, caption),
      h("thead", null, h("tr", null, columns.map(([title]) => h("th", { scope: "col" }, title)))),
      body,
    ),
    more,
  );
}

// What an answer may lack; never hidden, only folded.
export function gapsBox(gaps, consequence) {
  if (!gaps.length) return null;
  const messages = [...new Set(gaps.map((gap) => gap.message))];
  return h(
    "details",
    { class: "notice" },
    h("summary", null, `${count(messages.length, "gap")}: ${consequence}`),
    h("ul", null, messages.map((message) => h("li", null, message))),
  );
}

export function notice(...children) {
  return h("p", { class: "notice" }, ...children);
}

// An input that suggests resources while one types, besides some words.
export function nameInput(attributes, words = []) {
  const list = h("datalist", { id: `names-${attributes.id}` });
  const suggest = () => {
    const found = matching(input.value, 20);
    list.replaceChildren(
      ...words.map((word) => h("option", { value: word })),
      ...found.map((row) => h("option", { value: row.id }, `${row.name} (${row.label})`)),
    );
  };
  const input = h("input", {
    type: "text",
    autocomplete: "off",
    spellcheck: "false",
    list: list.id,
    oninput: () => suggest(),
    ...attributes,
  });
  suggest();
  return [input, list];
}

export function labelled(text, ...inputs) {
  return h("label", null, h("span", null, text), ...inputs);
}

// A button whose work takes a while: it says so, and cannot be pressed twice.
export async function busy(button, work) {
  const before = button.textContent;
  button.disabled = true;
  button.textContent = "Working …";
  try {
    return await work();
  } finally {
    button.disabled = false;
    button.textContent = before;
  }
}
