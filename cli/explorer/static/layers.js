// Places the nodes of a large graph from left to right in layers, quickly: dagre takes seconds for a
// few hundred nodes, and minutes where many edges are long.

// Odd, so that the last goes from left to right.
const SWEEPS = 5;

// Nodes are {id, width, height}, edges {source, target}; gives each node its centre (x, y) and each edge
// its points, and the size of the whole.
export function layered(nodes, edges, { nodesep, ranksep, marginx, marginy }) {
  const places = new Map(nodes.map((node) => [node.id, { ...node, after: [], before: [] }]));
  const ahead = acyclic(places, edges);
  const layers = ranked(places, ahead);
  order(layers);
  const columns = layers.map((layer) => Math.max(...layer.map((node) => node.width)));
  let left = marginx;
  layers.forEach((layer, rank) => {
    stack(layer, nodesep, marginy);
    for (const node of layer) node.x = left + columns[rank] / 2;
    left += columns[rank] + ranksep * 2;
  });
  const all = [...places.values()];
  return {
    width: left - ranksep * 2 + marginx,
    height: Math.max(...all.map((node) => node.y + node.height / 2)) + marginy,
    nodes: all,
    edges: edges.map((edge) => ({ ...edge, points: points(places.get(edge.source), places.get(edge.target)) })),
  };
}

// The edges that lead to no node from which they come; those that would close a circle are left out.
function acyclic(places, edges) {
  const next = new Map([...places.keys()].map((id) => [id, []]));
  for (const { source, target } of edges) if (source !== target) next.get(source).push(target);
  const state = new Map();
  const ahead = [];
  for (const start of places.keys()) {
    if (state.has(start)) continue;
    const trail = [[start, 0]];
    state.set(start, "open");
    while (trail.length) {
      const top = trail.at(-1);
      const target = next.get(top[0])[top[1]++];
      if (target === undefined) {
        state.set(top[0], "done");
        trail.pop();
      } else if (state.get(target) !== "open") {
        ahead.push([top[0], target]);
        if (!state.has(target)) {
          state.set(target, "open");
          trail.push([target, 0]);
        }
      }
    }
  }
  return ahead;
}

// The nodes in layers, each after all that lead to it.
function ranked(places, ahead) {
  for (const [source, target] of ahead) {
    places.get(source).after.push(places.get(target));
    places.get(target).before.push(places.get(source));
  }
  const layers = [];
  const waiting = new Map([...places.values()].map((node) => [node, node.before.length]));
  let ready = [...waiting].filter(([, number]) => !number).map(([node]) => node);
  for (let rank = 0; ready.length; rank += 1) {
    layers.push(ready);
    const following = [];
    for (const node of ready) {
      for (const other of node.after) {
        waiting.set(other, waiting.get(other) - 1);
        if (!waiting.get(other)) following.push(other);
      }
    }
    ready = following;
  }
  return layers;
}

// Puts nodes near those that they are joined to, so that fewer lines cross.
function order(layers) {
  const number = () => layers.forEach((layer) => layer.forEach((node, place) => (node.place = place)));
  number();
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    for (const layer of layers) {
      for (const node of layer) node.wish = mean(sweep % 2 ? node.after : node.before, "place") ?? node.place;
      layer.sort((one, other) => one.wish - other.wish);
    }
    number();
  }
}

// The nodes of a layer below each other, the whole of it next to those before.
function stack(layer, nodesep, marginy) {
  let bottom = 0;
  for (const node of layer) {
    node.y = bottom + node.height / 2;
    bottom += node.height + nodesep;
  }
  const joined = layer.filter((node) => node.before.length);
  const wish = joined.reduce((sum, node) => sum + mean(node.before, "y") - node.y, 0) / joined.length;
  const down = Math.max(marginy, wish || 0);
  for (const node of layer) node.y += down;
}

function mean(nodes, what) {
  return nodes.length ? nodes.reduce((sum, node) => sum + node[what], 0) / nodes.length : null;
}

// From the side of one node to that of the other; what leads back leaves on the left.
function points(from, to) {
  const way = from.x < to.x ? 1 : -1;
  return [{ x: from.x + (way * from.width) / 2, y: from.y }, { x: to.x - (way * to.width) / 2, y: to.y }];
}
