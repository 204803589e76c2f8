// All scores of a query on one line: how many there are where, the ancestors, and the best others.

class ScoreCanvas {
  constructor(box) {
    this.box = box;
    this.canvas = element("canvas", { class: "hx-canvas", "aria-hidden": "true" });
    box.append(this.canvas);
    new ResizeObserver(() => this.draw()).observe(box);
  }

  show(answer, ancestors) {
    this.answer = answer;
    this.ancestors = ancestors;
    if (answer) this.bins = binned(answer.scores, 120);
    this.draw();
  }

  draw() {
    if (!this.answer) return;
    const { clientWidth: width, clientHeight: height } = this.box;
    const pen = fitted(this.canvas, width, height);
    const color = colors(this.box);
    const { low, high, counts } = this.bins;
    const left = 14, right = width - 14, floor = height - 44, top = 24;
    const at = (score) => left + ((score - low) / (high - low)) * (right - left);
    const most = Math.log1p(counts.reduce((a, b) => Math.max(a, b)));
    pen.fillStyle = color.bars;
    counts.forEach((count, i) => {
      if (!count) return;
      const tall = Math.max(1, (Math.log1p(count) / most) * (floor - top));
      const step = (right - left) / counts.length;
      pen.fillRect(left + i * step, floor - tall, Math.max(1, step - 0.5), tall);
    });
    this.marks(pen, color, at, floor, top);
    this.axis(pen, color, at, floor, width);
  }

  marks(pen, color, at, floor, top) {
    const { answer } = this;
    const level = at(answer.level);
    pen.strokeStyle = color.ink;
    pen.lineWidth = 1.5;
    pen.setLineDash([5, 4]);
    pen.beginPath();
    pen.moveTo(level, top - 6);
    pen.lineTo(level, floor + 8);
    pen.stroke();
    pen.setLineDash([]);
    pen.font = font(this.box);
    pen.fillStyle = color.ink;
    const room = level > this.canvas.clientWidth - 120;
    pen.textAlign = room ? "right" : "left";
    pen.textBaseline = "middle";
    pen.fillText(answer.isGlobal ? "threshold" : "between", level + (room ? -7 : 7), top - 8);
    for (const node of answer.others) dot(pen, color.other, at(answer.scores[node]), floor + 7, 4);
    for (const node of this.ancestors.keys()) {
      dot(pen, answer.missed.has(node) ? color.bad : color.match, at(answer.scores[node]), floor + 7, 4.5);
    }
  }

  axis(pen, color, at, floor, width) {
    const { low, high } = this.bins;
    pen.strokeStyle = color.line;
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(14, floor + 0.5);
    pen.lineTo(width - 14, floor + 0.5);
    pen.stroke();
    pen.fillStyle = color.soft;
    pen.textBaseline = "top";
    pen.textAlign = "left";
    pen.fillText(digits(low, 3), 14, floor + 20);
    pen.textAlign = "right";
    pen.fillText(digits(high, 3), width - 14, floor + 20);
    pen.textAlign = "center";
    pen.fillText("score", width / 2, floor + 20);
  }
}

function dot(pen, fill, x, y, radius) {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fillStyle = fill;
  pen.fill();
}

function binned(scores, n) {
  let low = Infinity, high = -Infinity;
  for (const score of scores) { if (score < low) low = score; if (score > high) high = score; }
  if (!(high > low)) { low -= 1; high += 1; }
  const counts = new Array(n).fill(0);
  for (const score of scores) counts[Math.min(n - 1, Math.floor(((score - low) / (high - low)) * n))]++;
  return { low, high, counts };
}
