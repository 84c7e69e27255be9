// Diagram of the ten states, drawn from the lifecycle table that the box sends; the present one is marked.
const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 620, HEIGHT = 400, NODE = { width: 122, height: 34 };

function make(name, attributes, parent) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  parent.append(node);
  return node;
}

export function drawDiagram(svg, states, moves) {
  svg.replaceChildren();
  const heads = make("defs", {}, svg);
  for (const name of ["move", "taken"]) {
    const head = make("marker", { id: `arrow-${name}`, viewBox: "0 0 10 10", refX: 9, refY: 5, markerWidth: 11, markerHeight: 11, orient: "auto", markerUnits: "userSpaceOnUse" }, heads);
    make("path", { class: `head ${name}`, d: "M0,0 L10,5 L0,10 z" }, head);
  }
  const around = states.filter((state) => state !== "error");
  const places = { error: [WIDTH / 2, HEIGHT / 2] };
  around.forEach((state, number) => {
    const angle = (2 * Math.PI * number) / around.length - Math.PI / 2;
    places[state] = [WIDTH / 2 + 240 * Math.cos(angle), HEIGHT / 2 + 165 * Math.sin(angle)];
  });
  const lines = {};
  for (const [from, to] of moves) lines[`${from} ${to}`] = make("path", { class: "move", d: curve(places[from], places[to]) }, svg);
  const nodes = {};
  for (const state of states) {
    const [x, y] = places[state];
    const node = make("g", { id: `state-${state}` }, svg);
    make("rect", { x: x - NODE.width / 2, y: y - NODE.height / 2, width: NODE.width, height: NODE.height, rx: 17 }, node);
    make("text", { x, y }, node).textContent = state;
    nodes[state] = node;
  }
  let last = null;
  return {
    show(state) {
      if (state === last) return;
      for (const line of svg.querySelectorAll(".taken")) line.classList.remove("taken");
      lines[`${last} ${state}`]?.classList.add("taken");
      for (const [name, node] of Object.entries(nodes)) node.classList.toggle("now", name === state);
      svg.setAttribute("aria-label", `The ten states of RTVI's TransportState; now ${state}`);
      last = state;
    },
  };
}

function curve([x1, y1], [x2, y2]) {
  const bend = 0.28; // toward the middle, so that lines don't run through other states
  const x = (x1 + x2) / 2, y = (y1 + y2) / 2;
  const middle = [x + (WIDTH / 2 - x) * bend, y + (HEIGHT / 2 - y) * bend];
  const [fromX, fromY] = border([x1, y1], middle), [toX, toY] = border([x2, y2], middle);
  return `M${fromX},${fromY} Q${middle[0]},${middle[1]} ${toX},${toY}`;
}

// Where the line from the centre of a state toward a point leaves the state's rectangle.
function border([x, y], [towardX, towardY]) {
  const dx = towardX - x, dy = towardY - y;
  const share = Math.min(1, (NODE.width / 2 + 2) / Math.abs(dx), (NODE.height / 2 + 2) / Math.abs(dy));
  return [(x + dx * share).toFixed(1), (y + dy * share).toFixed(1)];
}
