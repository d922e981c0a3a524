// What things are called: resources by their names, long identities in short.

import { h, visible } from "./dom.js";
import { address } from "./address.js";
import { ask } from "./source.js";

let rows = null;
let accounts = null;

// Reads the resources, once. Pages wait for it before they name any.
export async function readNames() {
  accounts ??= (await ask("scan")).account_names;
  rows ??= new Map((await ask("resources")).map((row) => [row.id, row]));
  return rows;
}

// The name of an account; its id where it has none.
export function accountName(id) {
  return Object.hasOwn(accounts, id) ? accounts[id] : id;
}

// An account by its name, with the region if it is in one; the id on hover.
export function accountAndRegion(id, region) {
  if (!id) return null;
  return h("span", { class: "small", title: id }, shortened(accountName(id), 40), region && region !== "global" ? h("span", { class: "quiet block" }, region) : null);
}

export function resourceOf(id) {
  return rows.get(id);
}

// The name of whatever has an identity.
export function nameOf(id) {
  const row = rows.get(id);
  return row?.name || tail(id);
}

// The last part of an identity that tells it from others.
function tail(id) {
  if (id.startsWith("unread:")) return "not read";
  if (id.startsWith("outside:")) return id.slice("outside:".length);
  const parts = id.split(/\/|:(?=[^/]*$)/).filter(Boolean);
  return parts.at(-1) ?? id;
}

// A text with its middle left out where it is longer than so many letters.
export function shortened(text, most = 60) {
  const letters = [...visible(text)];
  if (letters.length <= most) return letters.join("");
  const end = Math.ceil((most - 1) * 0.6);
  return letters.slice(0, most - 1 - end).join("") + "…" + letters.slice(-end).join("");
}

// A name that breaks between its words where it has to: "List|Identity|Pools", "load_|balancers".
export function breakable(text) {
  return visible(text).split(/(?<=[a-z])(?=[A-Z])|(?<=[_./:])(?=\w)/).flatMap((part, place) => (place ? [h("wbr"), part] : [part]));
}

// A link to a resource's page, or its name where it has none.
export function resourceLink(id, text = null) {
  const row = rows.get(id);
  const name = shortened(text ?? nameOf(id), 48);
  if (!row) return h("span", { title: id }, name);
  return h("a", { href: address("resource", { id }), title: id }, name);
}

// A resource with its label, and why it is missing if it is.
export function resourceWithLabel(id) {
  const row = rows.get(id);
  return h(
    "span",
    { class: "named" },
    resourceLink(id),
    h("span", { class: "quiet small" }, row?.label ?? "not in the scan"),
    row?.missing && h("span", { class: "tag manual" }, row.missing),
  );
}

// An identity in short, whole on hover, with a button that copies it.
export function identity(id, most = 72) {
  const button = h(
    "button",
    {
      type: "button",
      class: "copy",
      "aria-label": "Copy the full identity",
      onclick: async () => {
        try {
          await navigator.clipboard.writeText(id);
          button.textContent = "Copied";
        } catch {
          button.textContent = "Cannot copy";
        }
        setTimeout(() => (button.textContent = "Copy"), 1500);
      },
    },
    "Copy",
  );
  return h("span", { class: "identity" }, h("code", { title: id }, shortened(id, most)), button);
}

// Resources whose name or identity contains a text, the best first.
export function matching(text, most) {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return [];
  const found = [];
  for (const row of rows.values()) {
    const name = row.name.toLowerCase();
    const rank = name === wanted ? 0 : name.startsWith(wanted) ? 1 : name.includes(wanted) ? 2
      : row.id.toLowerCase().includes(wanted) ? 3 : 4;
    if (rank < 4) found.push([rank, row]);
  }
  return found.sort((one, other) => one[0] - other[0]).slice(0, most).map(([, row]) => row);
}
