// The address of a page: "#/route?name=value". A name may be given more than once.

export function here() {
  const [route, query] = location.hash.replace(/^#\/?/, "").split(/\?(.*)/s);
  return { route, given: new URLSearchParams(query ?? "") };
}

// The address of a route with these values; lists give a name several times, empty values none.
export function address(route, values = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    for (const one of [value].flat()) {
      if (one !== "" && one !== null && one !== undefined) query.append(name, one);
    }
  }
  const text = query.toString();
  return `#/${route}${text && "?" + text}`;
}

export function go(target) {
  location.hash = target.slice(1);
}
