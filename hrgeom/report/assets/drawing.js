// Small helpers of the document and of canvas.

/** An element with attributes and children; text is never parsed as HTML. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** A pen for a canvas of so many pixels of the page, sharp on every screen. */
function fitted(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  return pen;
}

/** The colors of the theme, as the style sheet has them. */
function colors(box) {
  const style = getComputedStyle(box);
  const of = (name) => style.getPropertyValue(`--${name}`).trim();
  return {
    ink: of("ink"), soft: of("soft"), line: of("line"), faint: of("faint"), paper: of("paper"), panel: of("panel"),
    match: of("match"), matchSoft: of("match-soft"), other: of("other"), otherSoft: of("other-soft"), bad: of("bad"), bars: of("bars"),
  };
}

function font(box) { return `13px ${getComputedStyle(box).fontFamily}`; }
