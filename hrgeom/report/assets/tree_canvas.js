// The way from a node to the roots, drawn on canvas: only what is in sight.

const ROW = 58, PILL = 30, GAP = 12, PAD = 16;

class TreeCanvas {
  /** `box` scrolls; the canvas inside stays in sight and shows what would be there. */
  constructor(box, onPick) {
    this.box = box;
    this.space = element("div", { class: "hx-space" });
    this.canvas = element("canvas", { class: "hx-canvas", "aria-hidden": "true" });
    this.space.append(this.canvas);
    box.append(this.space);
    this.nodes = [];
    box.addEventListener("scroll", () => this.draw(), { passive: true });
    this.canvas.addEventListener("pointermove", (event) => this.point(event));
    this.canvas.addEventListener("pointerleave", () => this.hover(null));
    this.canvas.addEventListener("click", (event) => {
      const hit = this.at(event);
      if (hit && hit.node >= 0) onPick(hit.node);
    });
    new ResizeObserver(() => { if (this.last && box.clientWidth !== this.width) this.show(...this.last); }).observe(box);
  }

  /** Show a node, its ancestors, some of its children, and the best documents that are none. */
  show(tree, answer, ancestors, query) {
    this.last = [tree, answer, ancestors, query];
    this.place(tree, this.rowsOf(tree, answer, ancestors, query));
    const here = this.nodes.find((item) => item.kind === "query" || (item.node === query && isOnPath(item)));
    this.resize();
    this.box.scrollTop = Math.max(0, Math.min(this.size.height - this.box.clientHeight, here.y - ROW));
    this.draw();
  }

  rowsOf(tree, answer, ancestors, query) {
    const rows = new Map();
    const put = (row, node) => { if (!rows.has(row)) rows.set(row, []); rows.get(row).push(node); };
    const depth = new Map();
    const order = [...ancestors.keys()].sort((a, b) => tree.level[a] - tree.level[b] || a - b);
    for (const node of order) {
      let row = 0;
      for (const parent of tree.parents(node)) row = Math.max(row, depth.get(parent) + 1);
      depth.set(node, row);
      const isMissed = answer && answer.missed.has(node);
      put(row, { node, kind: isMissed ? "missed" : node === query ? "query" : "ancestor", links: [...tree.parents(node)] });
    }
    const bottom = depth.get(query) + 1;
    const children = tree.children(query);
    const most = 6;
    const ghosts = new Set();
    for (const other of (answer ? answer.others : []).slice(0, 3)) {
      const found = tree.meeting(ancestors, other);
      if (!found) continue;
      ghosts.add(other);
      const isWrong = answer.isGlobal ? answer.scores[other] > answer.level : answer.scores[other] >= answer.worst;
      put(depth.get(found.node) + 1, { node: other, kind: isWrong ? "wrong" : "other", links: [found.node], steps: found.down });
    }
    const listed = [...children].filter((child) => !ghosts.has(child));
    listed.slice(0, most).forEach((child) => put(bottom, { node: child, kind: "child", links: [query] }));
    if (listed.length > most) put(bottom, { node: -1, text: `… and ${(listed.length - most).toLocaleString("en")} more`, kind: "more", links: [query] });
    return rows;
  }

  /** Give every node a place: rows from the top, broken into lines that fit, under their parents. */
  place(tree, rows) {
    const pen = this.canvas.getContext("2d");
    pen.font = font(this.box);
    const wide = Math.max(280, this.box.clientWidth) - 2 * PAD;
    const byNode = new Map();
    this.nodes = [];
    let y = PAD;
    for (const row of [...rows.keys()].sort((a, b) => a - b)) {
      const line = rows.get(row);
      for (const item of line) this.measure(pen, tree, item, byNode, wide);
      line.sort((a, b) => rank(a) - rank(b) || a.want - b.want);
      for (const part of linesOf(line, wide)) {
        const total = part.reduce((sum, item) => sum + item.width + GAP, -GAP);
        const middle = part.reduce((sum, item) => sum + item.want, 0) / part.length;
        let x = Math.min(Math.max(middle - total / 2, PAD), PAD + wide - total);
        for (const item of part) {
          Object.assign(item, { x, y });
          x += item.width + GAP;
          if (isOnPath(item)) byNode.set(item.node, item);
          this.nodes.push(item);
        }
        y += PILL + GAP;
      }
      y += ROW - PILL - GAP;
    }
    this.links = this.nodes.flatMap((item) => item.links.map((link) => [byNode.get(link), item])).filter(([up]) => up);
    this.size = { width: wide + 2 * PAD, height: y - ROW + PILL + PAD };
  }

  measure(pen, tree, item, byNode, wide) {
    item.text = item.text || tree.title(item.node);
    item.shown = clipped(pen, item.text, Math.min(190, wide - 60)) + (item.steps > 1 ? ` ↓${item.steps}` : "");
    item.width = Math.ceil(pen.measureText(item.shown).width) + 26;
    const over = item.links.map((link) => byNode.get(link)).filter(Boolean);
    item.want = over.length ? over.reduce((sum, up) => sum + up.x + up.width / 2, 0) / over.length : PAD + wide / 2;
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.box;
    this.space.style.width = `${Math.max(width, this.size.width)}px`;
    this.space.style.height = `${Math.max(height, this.size.height)}px`;
    return { width, height };
  }

  draw() {
    if (!this.nodes.length) return;
    const { width, height } = this.resize();
    const dx = Math.max(0, (width - this.size.width) / 2);
    const dy = Math.max(0, (height - this.size.height) / 2);
    this.width = width;
    this.offset = { x: dx - this.box.scrollLeft, y: dy - this.box.scrollTop };
    const pen = fitted(this.canvas, width, height);
    const color = colors(this.box);
    pen.font = font(this.box);
    pen.translate(this.offset.x, this.offset.y);
    const top = -this.offset.y - ROW, bottom = top + height + 2 * ROW;
    for (const [up, item] of this.links) {
      if (item.y < top || up.y > bottom) continue;
      drawLink(pen, color, up, item);
    }
    for (const item of this.nodes) {
      if (item.y < top || item.y > bottom) continue;
      drawPill(pen, color, item, item === this.over);
    }
  }

  at(event) {
    if (!this.offset) return null;
    const x = event.offsetX - this.offset.x, y = event.offsetY - this.offset.y;
    return this.nodes.find((item) => x >= item.x && x <= item.x + item.width && y >= item.y && y <= item.y + PILL) || null;
  }

  point(event) { this.hover(this.at(event)); }

  hover(item) {
    if (item === this.over) return;
    this.over = item;
    this.canvas.style.cursor = item && item.node >= 0 ? "pointer" : "default";
    this.canvas.title = item ? item.text : "";
    this.draw();
  }
}

/** A row cut into lines of at most some width. */
function linesOf(row, wide) {
  const lines = [];
  let room = 0;
  for (const item of row) {
    if (!lines.length || room < item.width) { lines.push([]); room = wide; }
    lines[lines.length - 1].push(item);
    room -= item.width + GAP;
  }
  return lines;
}

function isOnPath(item) { return item.kind === "ancestor" || item.kind === "missed" || item.kind === "query"; }

function rank(item) { return { ancestor: 0, missed: 0, query: 0, child: 1, more: 2, other: 3, wrong: 3 }[item.kind]; }

function drawLink(pen, color, up, item) {
  const x0 = up.x + up.width / 2, y0 = up.y + PILL, x1 = item.x + item.width / 2, y1 = item.y;
  const middle = (y0 + y1) / 2;
  const strong = isOnPath(item);
  pen.strokeStyle = strong ? color.match : item.kind === "other" || item.kind === "wrong" ? color.other : color.faint;
  pen.lineWidth = strong ? 2 : 1.25;
  pen.setLineDash(item.kind === "other" || item.kind === "wrong" ? [4, 4] : []);
  pen.beginPath();
  pen.moveTo(x0, y0);
  pen.bezierCurveTo(x0, middle, x1, middle, x1, y1);
  pen.stroke();
  pen.setLineDash([]);
}

function drawPill(pen, color, item, over) {
  const look = {
    query: [color.match, color.match, color.paper], ancestor: [color.matchSoft, color.match, color.ink],
    missed: [color.paper, color.bad, color.bad], child: [color.panel, color.line, color.ink],
    more: [color.panel, color.panel, color.soft], other: [color.panel, color.other, color.ink],
    wrong: [color.otherSoft, color.bad, color.bad],
  }[item.kind];
  pen.beginPath();
  pen.roundRect(item.x, item.y, item.width, PILL, PILL / 2);
  pen.fillStyle = look[0];
  pen.fill();
  pen.lineWidth = over ? 2.5 : 1.5;
  pen.strokeStyle = look[1];
  pen.setLineDash(item.kind === "other" || item.kind === "missed" ? [4, 3] : []);
  pen.stroke();
  pen.setLineDash([]);
  pen.fillStyle = look[2];
  pen.textBaseline = "middle";
  pen.textAlign = "center";
  pen.fillText(`\u2068${item.shown}\u2069`, item.x + item.width / 2, item.y + PILL / 2 + 1);
}

function clipped(pen, text, width) {
  if (pen.measureText(text).width <= width) return text;
  const signs = [...text];
  let low = 0, high = signs.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (pen.measureText(`${signs.slice(0, middle).join("")}…`).width <= width) low = middle; else high = middle - 1;
  }
  return `${signs.slice(0, low).join("")}…`;
}
