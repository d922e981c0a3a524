// Draws a graph from left to right as SVG. It is as large as it needs to be and scrolls; nodes are
// links or buttons, so that the keyboard reaches them.

import { h, s } from "./dom.js";
import { layered } from "./layers.js";
import { shortened } from "./names.js";

const TITLE_LETTERS = 34;
const KIND_LETTERS = 48;
const LABEL_LETTERS = 42;
const HEIGHT = 46;
const NARROWEST = 110;
const EDGE_HEIGHT = 16;
const measuring = document.createElement("canvas").getContext("2d");
// How much smaller a drawing may be and still be read.
const READABLE = 0.62;
// What dagre places at once.
const MANY_NODES = 100;
const MANY_EDGES = 160;
const SPACE = { nodesep: 22, ranksep: 46, marginx: 12, marginy: 12 };
const MARKED = ["conditional", "gone", "new"];
let drawings = 0;

// Nodes are {id, title, kind, tone, href or onclick, hover}; edges {source, target, label, tone,
// hover, isBothWays}. The tone "conditional" is dashed, "gap" a node that could not be read, "gone" and
// "new" an edge that another scan has or has not.
export function drawing(name, nodes, edges) {
  const number = ++drawings;
  const whole = laidOut(nodes, edges);
  const { width, height } = whole;
  const svg = s(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": name, class: "drawing" },
    s("defs", null, ["", ...MARKED].map((tone) => arrow(number, tone))),
    s("g", null, whole.edges.map((edge) => edgeLine(edge, number))),
    s("g", null, whole.nodes.map(nodeBox)),
    s("g", null, whole.edges.map(edgeLabel)),
  );
  const frame = h("div", { class: "frame", tabindex: "0", role: "region", "aria-label": name }, svg);
  let scale = 1;
  const resize = (to) => {
    scale = Math.min(2, Math.max(0.15, to));
    svg.setAttribute("width", width * scale);
    svg.setAttribute("height", height * scale);
  };
  const fit = () => resize(Math.min(1, (frame.clientWidth - 2) / width));
  resize(1);
  // What still can be read is shown whole, once there is a place for it.
  const placing = new ResizeObserver(() => {
    if (!frame.clientWidth) return;
    placing.disconnect();
    if ((frame.clientWidth - 2) / width > READABLE) fit();
  });
  placing.observe(frame);
  return h(
    "figure",
    { class: "graph" },
    h(
      "div",
      { class: "tools" },
      h("button", { type: "button", "aria-label": "Larger", onclick: () => resize(scale * 1.25) }, "+"),
      h("button", { type: "button", "aria-label": "Smaller", onclick: () => resize(scale / 1.25) }, "−"),
      h("button", { type: "button", onclick: fit }, "Fit"),
    ),
    frame,
  );
}

// The size of a drawing, and its nodes and edges with their places.
function laidOut(nodes, edges) {
  const sized = nodes.map((node) => {
    const title = shortened(node.title, TITLE_LETTERS);
    const kind = shortened(node.kind ?? "", KIND_LETTERS);
    const width = Math.max(NARROWEST, widthOf(title, "600 13px") + 26, widthOf(kind, "11px") + 26);
    return { ...node, title, kind, width, height: HEIGHT };
  });
  const known = new Set(nodes.map((node) => node.id));
  const joined = merged(edges.filter((edge) => known.has(edge.source) && known.has(edge.target)));
  // Labels of very many edges would hide each other; each is still said where the pointer is.
  if (nodes.length > MANY_NODES || joined.length > MANY_EDGES) return layered(sized, joined.map((edge) => ({ ...edge, label: "" })), SPACE);
  return placed(sized, joined);
}

function placed(nodes, edges) {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: "LR", edgesep: 14, ...SPACE });
  for (const node of nodes) graph.setNode(node.id, node);
  for (const edge of edges) {
    const label = beginning(edge.label ?? "", LABEL_LETTERS);
    const width = widthOf(label, "11px") + 10;
    graph.setEdge(edge.source, edge.target, { ...edge, label, width, height: label ? EDGE_HEIGHT : 1, labelpos: "c" });
  }
  dagre.layout(graph);
  const { width, height } = graph.graph();
  return { width, height, nodes: graph.nodes().map((id) => graph.node(id)), edges: graph.edges().map((end) => graph.edge(end)) };
}

function widthOf(text, font) {
  measuring.font = `${font} ${getComputedStyle(document.documentElement).fontFamily}`;
  return Math.ceil(measuring.measureText(text).width);
}

function beginning(text, most) {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

// One edge for all between the same two nodes; it is conditional only if all of them are.
function merged(edges) {
  const found = new Map();
  for (const edge of edges) {
    const key = JSON.stringify([edge.source, edge.target]);
    const known = found.get(key);
    if (!known) found.set(key, { ...edge, labels: [edge.label] });
    else {
      if (!known.labels.includes(edge.label)) known.labels.push(edge.label);
      if (edge.tone !== "conditional" && known.tone === "conditional") known.tone = edge.tone;
    }
  }
  return [...found.values()].map((edge) => {
    const labels = edge.labels.filter(Boolean);
    const label = labels.length > 1 ? `${labels[0]} +${labels.length - 1}` : labels[0];
    return { ...edge, label, hover: edge.hover ?? labels.join("\n") };
  });
}

function arrow(number, tone) {
  return s(
    "marker",
    {
      id: `arrow-${number}${tone}`, viewBox: "0 0 10 10", refX: 9, refY: 5,
      markerWidth: 7, markerHeight: 7, orient: "auto-start-reverse", class: `arrow ${tone}`,
    },
    s("path", { d: "M0 0L10 5L0 10z" }),
  );
}

function edgeLine(edge, number) {
  const tone = edge.tone ?? "";
  const points = edge.points.map((point) => `${point.x.toFixed(1)} ${point.y.toFixed(1)}`);
  const marker = `url(#arrow-${number}${MARKED.includes(tone) ? tone : ""})`;
  return s("path", {
    d: `M${points.join("L")}`, class: `edge ${tone}`, "marker-end": marker, "marker-start": edge.isBothWays ? marker : null,
  }, s("title", null, edge.hover ?? edge.label ?? ""));
}

function edgeLabel(edge) {
  if (!edge.label) return null;
  return s(
    "g",
    { class: `edge-label ${edge.tone ?? ""}` },
    s("title", null, edge.hover ?? edge.label),
    s("rect", {
      x: edge.x - edge.width / 2, y: edge.y - EDGE_HEIGHT / 2,
      width: edge.width, height: EDGE_HEIGHT, rx: 3,
    }),
    s("text", { x: edge.x, y: edge.y + 4, "text-anchor": "middle" }, edge.label),
  );
}

function nodeBox(node) {
  const left = node.x - node.width / 2;
  const top = node.y - node.height / 2;
  const words = node.kind ? `${node.title} ${node.kind}` : node.title;
  const box = [
    s("title", null, node.hover ?? node.id),
    s("rect", { x: left, y: top, width: node.width, height: node.height, rx: 7 }),
    s("text", { x: left + 12, y: node.kind ? top + 20 : top + 27, class: "title" }, node.title),
    " ",
    node.kind && s("text", { x: left + 12, y: top + 36, class: "kind" }, node.kind),
  ];
  const looks = `node ${node.tone ?? ""}`;
  if (node.href) return s("a", { href: node.href, class: looks, "aria-label": words }, box);
  if (!node.onclick) return s("g", { class: looks }, box);
  const press = (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      node.onclick();
    }
  };
  return s(
    "g",
    { class: looks, role: "button", tabindex: "0", "aria-label": words, onclick: () => node.onclick(), onkeydown: press },
    box,
  );
}
