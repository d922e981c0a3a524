// The frame around all pages: which one is open, search, and the theme.

import { h, show } from "./dom.js";
import { address, go, here } from "./address.js";
import { ask, isOffline } from "./source.js";
import { matching, nameOf, readNames } from "./names.js";
import { count, nameInput } from "./parts.js";
import { overview } from "./pages/overview.js";
import { finding, findings } from "./pages/findings.js";
import { paths } from "./pages/paths.js";
import { chokePoints } from "./pages/choke-points.js";
import { resource, found } from "./pages/resource.js";
import { query } from "./pages/query.js";
import { map } from "./pages/map.js";
import { compliance } from "./pages/compliance.js";
import { changes } from "./pages/changes.js";
import { coverage } from "./pages/coverage.js";

const PAGES = {
  "": ["Overview", overview],
  findings: ["Findings", findings],
  paths: ["Attack paths", paths],
  "choke-points": ["Choke points", chokePoints],
  map: ["Map", map],
  query: ["Query", query],
  compliance: ["Compliance", compliance],
  changes: ["Changes", changes],
  coverage: ["Coverage", coverage],
  finding: ["Finding", finding],
  resource: ["Resource", resource],
  found: ["Search", found],
};
const UNDER = { finding: "findings" };
const IN_BAR = ["", "findings", "compliance", "paths", "choke-points", "map", "query", "changes", "coverage"];
const THEMES = { "": "Theme: auto", light: "Theme: light", dark: "Theme: dark" };

const main = document.getElementById("main");
let turn = 0;

async function open() {
  const { route, given } = here();
  const mine = ++turn;
  const [title, page] = PAGES[route] ?? [];
  show(
    document.getElementById("nav"),
    IN_BAR.map((name) =>
      h("a", { href: address(name), "aria-current": name === route ? "page" : name === UNDER[route] ? "true" : null }, PAGES[name][0]),
    ),
  );
  document.querySelector("#nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  main.setAttribute("aria-busy", "true");
  let content;
  try {
    if (!page) throw new Error("There is no such page.");
    // The map has no names, and is what a large scan is opened with.
    if (page !== map) await readNames();
    content = await page(given);
  } catch (error) {
    content = [h("h1", { tabindex: "-1" }, title ?? "Not found"), h("p", { class: "notice wrong" }, error.message)];
  }
  // A user who has gone on in the meantime is not taken back.
  if (mine !== turn) return;
  show(main, content);
  main.removeAttribute("aria-busy");
  const h1 = main.querySelector("h1");
  document.title = `${h1?.textContent || title} – Clew`;
  if (!main.contains(document.activeElement)) h1?.focus({ preventScroll: true });
  window.scrollTo(0, 0);
}

async function notices() {
  const scan = await ask("scan");
  const lines = [
    isOffline && "This is an offline copy of a scan. What-if, queries and other targets of paths need `clew serve`.",
    scan.services.length &&
      `The scan was asked for ${scan.services.join(", ")} only: what it says about other services is not whole.`,
    scan.tags.length && `Findings are about resources with ${scan.tags.join(" or ")}, or whose tags are not known.`,
    scan.skipped.length &&
      `${count(scan.skipped.length, "check was", "checks were")} not run: the scan did not set out to read what they are about.`,
  ];
  show(document.getElementById("notices"), lines.filter(Boolean).map((line) => h("p", null, line)));
}

function search() {
  const form = document.getElementById("search");
  const [input, list] = nameInput({
    id: "search-text", type: "search", placeholder: "Find a resource", "aria-label": "Find a resource",
  });
  form.append(input, list);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const alike = matching(input.value, 2);
    const is = alike.length === 1 || alike[0]?.id === input.value;
    go(is ? address("resource", { id: alike[0].id }) : address("found", { text: input.value }));
    input.value = "";
  });
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest?.("input, textarea, select");
    if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      input.focus();
    }
  });
}

function theme() {
  const button = document.getElementById("theme");
  const names = Object.keys(THEMES);
  let now = remembered();
  const set = (name) => {
    now = name;
    document.documentElement.dataset.theme = name;
    button.textContent = THEMES[name];
    try {
      localStorage.setItem("theme", name);
    } catch {
      // A file may have no storage.
    }
  };
  set(now);
  button.addEventListener("click", () => set(names[(names.indexOf(now) + 1) % names.length]));
}

function remembered() {
  try {
    const name = localStorage.getItem("theme");
    return name in THEMES ? name : "";
  } catch {
    return "";
  }
}

theme();
window.addEventListener("hashchange", open);
await open();
await notices().catch(() => null);
await readNames().then(() => search()).catch(() => null);
