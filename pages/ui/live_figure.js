// Draws one Plotly figure and keeps it: the same DOM node, the same zoom, from update to update.
//
// A figure may carry a deck: frames for every stop of one slider, sent once, drawn here.
// Pictures (and the words of a text) that share a group move together: an event names the group
// and the position, and whoever belongs to the group draws its cursor there. THEMES holds the colours.

const EVENT = "unfold:cursor";
const PLAY_MILLISECONDS = 450;
const REST_MILLISECONDS = 300;
const NEAR = "300px 0px"; // a picture this far outside the window is drawn already; one farther off waits
const NARROW = 600;
const STROKE_STEP = 3; // pixels between two points of what is drawn
const LONGEST_STROKE = 2000;
const LABEL_WIDTH = 22;
const MOST_LABELS = 26;

// A paper that is darker than mid-grey means the dark theme, whoever chose it.
function themeOf(element) {
  const probe = getComputedStyle(element).color.match(/[\d.]+/g).map(Number);
  return 0.299 * probe[0] + 0.587 * probe[1] + 0.114 * probe[2] < 128 ? "dark" : "light";
}

// Colours stand in a figure under the names of their roles: put the theme's values in.
function paint(node, colors) {
  for (const [key, value] of Object.entries(node)) {
    if (typeof value === "string") {
      const role = value.match(/^var\(--([a-z]+)\)$/);
      if (role && /color/i.test(key)) node[key] = colors[role[1]] ?? value;
    } else if (value && typeof value === "object" && !ArrayBuffer.isView(value)) {
      if (Array.isArray(value) && /color/i.test(key)) {
        node[key] = value.map((item) => {
          const role = typeof item === "string" && item.match(/^var\(--([a-z]+)\)$/);
          return role ? colors[role[1]] ?? item : item;
        });
      } else if (!Array.isArray(value) || typeof value[0] === "object") paint(value, colors);
    }
  }
}

function decode(part) {
  if (part.list) return (k) => part.list[k];
  const bytes = Uint8Array.from(atob(part.data), (character) => character.charCodeAt(0));
  const values = part.dtype === "u1" ? bytes : new Float32Array(bytes.buffer);
  const [, ...shape] = part.shape;
  const size = shape.reduce((product, length) => product * length, 1);
  if (shape.length < 2) return (k) => (shape.length ? values.subarray(k * size, (k + 1) * size) : values[k]);
  return (k) =>
    Array.from({ length: shape[0] }, (_, row) =>
      values.subarray(k * size + row * shape[1], k * size + (row + 1) * shape[1]));
}

function assign(root, path, value) {
  const steps = path.match(/[^.[\]]+/g);
  const last = steps.pop();
  let node = root;
  for (const step of steps) node = node[step] ??= {};
  node[last] = value;
}

class Picture {
  constructor(root) {
    this.root = root;
    this.plot = root.querySelector(".plot");
    this.controls = root.querySelector(".deck");
    this.slider = root.querySelector("input");
    this.output = root.querySelector("output");
    this.playButton = root.querySelector("button.play");
    this.caption = root.querySelector(".caption");
    this.position = 0;
    this.cursors = {};
    this.zoom = {};
    this.busy = Promise.resolve();

    this.slider.addEventListener("input", () => this.move(Number(this.slider.value)));
    // A key that is held changes the slider at every repeat: the server hears of the stop where it rests.
    this.slider.addEventListener("change", () => {
      clearTimeout(this.resting);
      this.resting = setTimeout(() => this.report(), REST_MILLISECONDS);
    });
    this.playButton.addEventListener("click", () => (this.timer ? this.pause(true) : this.play()));
    root.querySelector("button.png").addEventListener("click", () => this.download());
    this.plot.addEventListener("pointerdown", (event) => this.grasp(event));
    this.plot.addEventListener("pointermove", (event) => this.drag(event));
    for (const end of ["pointerup", "pointercancel"]) this.plot.addEventListener(end, () => this.release());
    this.line = root.querySelector(".stroke polyline");
    root.addEventListener("transitionend", (event) => {
      if (event.propertyName === "color" && event.target === this.probe) this.draw();
    });
    this.probe = root.querySelector(".probe");
    this.listener = (event) => this.follow(event.detail);
    window.addEventListener(EVENT, this.listener);
    this.observer = new ResizeObserver(() => {
      if (this.source && this.plot.clientWidth !== this.width) this.draw();
    });
    this.observer.observe(this.plot);
    this.nearby = new IntersectionObserver((entries) => {
      this.near = entries.at(-1).isIntersecting;
      if (this.near && this.waits) this.draw();
    }, { rootMargin: NEAR, scrollMargin: NEAR });
    this.nearby.observe(this.plot);
  }

  update(data, { setStateValue }) {
    this.setStateValue = setStateValue;
    const first = !this.source;
    this.options = data;
    this.source = data.figure;
    this.root.dataset.wanted = data.version;
    this.plot.setAttribute("aria-label", data.description);
    // A box of fixed size that contains all it draws: what changes in it makes the browser lay out nothing else.
    this.plot.style.height = `${this.height()}px`;
    if (data.deck !== this.deckSource) {
      this.deckSource = data.deck;
      this.deck = data.deck ? JSON.parse(data.deck) : null;
      if (this.deck) {
        this.slider.max = this.deck.values.length - 1;
        this.slider.setAttribute("aria-label", this.deck.label);
        this.root.querySelector(".name").textContent = this.deck.label;
        this.position = Math.min(this.position, this.deck.values.length - 1);
      }
    }
    this.controls.hidden = !data.slider || !this.deck || this.deck.values.length < 2;
    this.root.toggleAttribute("data-drags", Boolean(this.deck?.along.length));
    this.root.toggleAttribute("data-draws", data.draws);
    // The stop that the server names counts when it is news, and not the echo of our own report.
    if (this.deck && data.start !== this.lastStart && (first || data.start !== this.reported)) {
      this.position = this.reported = data.start;
    }
    this.lastStart = data.start;
    this.caption.hidden = !this.deck || !this.deck.captions.length;
    this.draw();
  }

  height() {
    const [wide, narrow] = this.options.heights;
    return this.plot.clientWidth < NARROW ? narrow : wide;
  }

  layoutFor(figure) {
    const theme = themeOf(this.probe);
    const narrow = this.width < NARROW;
    const layout = figure.layout;
    const meta = layout.meta ?? {};
    const defaults = layout.template.layout;
    defaults.font.size = narrow ? 12 : this.width > 1100 ? 16 : 15;
    defaults.font.family = getComputedStyle(this.root).fontFamily;
    for (const [axis, scale] of Object.entries(meta.scales ?? {})) {
      layout[axis].colorscale = THEMES[theme].scales[scale];
    }
    paint(figure.data, THEMES[theme].colors);
    paint(layout, THEMES[theme].colors);
    layout.width = this.width;
    layout.height = this.height();
    this.plot.style.height = `${layout.height}px`;
    for (const [axis, range] of Object.entries(this.zoom)) {
      const whole = layout[axis]?.range;
      // Where a shorter text no longer reaches, there is nothing to be zoomed in on.
      if (!layout[axis] || (whole && Math.max(...range) > Math.max(...whole))) {
        delete this.zoom[axis];
        continue;
      }
      Object.assign(layout[axis], { range: [...range], autorange: false });
    }
    // What stands beside the plot is as much smaller as its letters.
    if (narrow && layout.margin?.r) layout.margin.r *= 0.8;
    for (const axis of meta.words ?? []) {
      layout[axis].dtick = this.wordStep(layout, axis);
    }
    return figure;
  }

  // Names of words stand on a plain number axis: every one, or every k-th where there is no room. They are most of
  // the work of drawing a picture, so a long text shows some; zoomed in, it shows all.
  wordStep(layout, axis) {
    const [from, to] = layout[axis].range;
    const room = Math.max(this.width - (layout.margin?.r ?? 0), LABEL_WIDTH);
    return Math.max(1, Math.ceil(((to - from) * LABEL_WIDTH) / room), Math.ceil((to - from) / MOST_LABELS));
  }

  // Plotly's own memory of a zoom (`uirevision`) loses it when the length of the text changes.
  zoomed(change) {
    for (const path of Object.keys(change)) {
      const axis = path.match(/^([xy]axis\d*)\.range/)?.[1];
      if (axis) this.zoom[axis] = [...this.plot.layout[axis].range];
    }
    for (const axis of this.plot.layout.meta?.words ?? []) {
      if (!Object.keys(change).some((path) => path.startsWith(axis))) continue;
      const step = this.wordStep(this.plot.layout, axis);
      if (step !== this.plot.layout[axis].dtick) window.Plotly.relayout(this.plot, { [`${axis}.dtick`]: step });
    }
  }

  unzoom() {
    this.zoom = {};
    this.draw();
  }

  // A cursor is a frame round the position of its group. It lies over the picture, which need not be drawn again.
  placeCursors() {
    const { xaxis, yaxis, _size: area } = this.plot._fullLayout;
    const whole = { x: [area.l, area.l + area.w], y: [area.t, area.t + area.h] };
    for (const [axis, scale] of Object.entries({ x: xaxis, y: yaxis })) {
      const frame = this.root.querySelector(`.cursor.${axis}`);
      const at = this.cursors[this.options.links?.[axis]];
      frame.hidden = at === undefined;
      if (frame.hidden) continue;
      const [from, to] = whole[axis];
      const ends = [at - 0.5, at + 0.5].map((end) => Math.min(Math.max(scale._offset + scale.l2p(end), from), to));
      const box = { ...whole, [axis]: [Math.min(...ends), Math.max(...ends)] };
      frame.style.transform = `translate(${box.x[0]}px, ${box.y[0]}px)`;
      frame.style.width = `${box.x[1] - box.x[0]}px`;
      frame.style.height = `${box.y[1] - box.y[0]}px`;
      frame.hidden = ends[0] === ends[1];
    }
  }

  draw() {
    this.waits = !this.near;
    this.root.toggleAttribute("data-waits", this.waits);
    if (this.waits) return;
    this.pending ??= requestAnimationFrame(() => this.drawNow());
  }

  // Under the hand: an event of a slider comes once a frame, so waiting for the next frame would only be late.
  drawNow(moved = false) {
    const whole = !moved || this.pending !== undefined; // something else is to be drawn anew as well
    if (this.pending) cancelAnimationFrame(this.pending);
    this.pending = undefined;
    this.busy = this.busy.then(() => (!whole && this.canStep() ? this.step() : this.react())).catch((error) => this.fail(error));
  }

  // Whether only lines and points differ from stop to stop: axes, legends and names then stay as they are.
  canStep() {
    return this.near && this.root.dataset.version === this.options.version && this.width === this.plot.clientWidth &&
      !Object.keys(this.deck.layout).length && this.deck.frames.every(({ attribute }) => /^[xy]$/.test(attribute));
  }

  async step() {
    const changes = new Map();
    for (const [number, attribute, value] of this.frame()) {
      changes.set(number, { ...changes.get(number), [attribute]: value });
    }
    await window.Plotly.animate(
      this.plot, { data: [...changes.values()], traces: [...changes.keys()] },
      { mode: "immediate", transition: { duration: 0 }, frame: { duration: 0, redraw: false } });
    this.drawn();
  }

  // What the deck puts where at its present stop: the number of a trace, an attribute, its value.
  frame() {
    return this.deck.frames.map((part) => {
      part.at ??= decode(part);
      return [part.trace, part.attribute, part.at(this.position)];
    });
  }

  drawn() {
    if (this.deck) {
      const value = this.deck.values[this.position];
      this.slider.value = this.position;
      this.output.textContent = value;
      this.slider.setAttribute("aria-valuetext", value);
      if (this.deck.captions.length) this.caption.textContent = this.deck.captions[this.position];
    }
    this.root.dataset.version = this.options.version;
    this.root.dataset.position = this.position;
    this.root.dataset.drawn = performance.now().toFixed(1);
  }

  async react() {
    const Plotly = await loadPlotly(this.options.plotly);
    this.width = this.plot.clientWidth;
    if (!this.width || !this.root.isConnected) return;
    const figure = this.layoutFor(JSON.parse(this.source));
    if (this.deck) {
      for (const [number, attribute, value] of this.frame()) assign(figure.data[number], attribute, value);
      for (const [path, values] of Object.entries(this.deck.layout)) assign(figure.layout, path, values[this.position]);
    }
    await Plotly.react(this.plot, figure.data, figure.layout, {
      displaylogo: false, displayModeBar: false, scrollZoom: false, doubleClick: false,
    });
    if (!this.attached) {
      this.attached = true;
      this.plot.on("plotly_afterplot", () => this.placeCursors());
      this.plot.on("plotly_click", (event) => this.click(event.points[0]));
      this.plot.on("plotly_relayout", (change) => this.zoomed(change));
      this.plot.on("plotly_doubleclick", () => this.unzoom());
      this.plot.on("plotly_hover", (event) => this.hover(event.points[0]));
    }
    this.placeCursors();
    if (!this.stroke) this.line.removeAttribute("points");
    this.drawn();
  }

  fail(error) {
    console.error(error);
    this.root.querySelector(".problem").textContent = error.message;
  }

  tell(group, index) {
    window.dispatchEvent(new CustomEvent(EVENT, { detail: { group, index, from: this } }));
  }

  follow({ group, index, from }) {
    const linked = Object.values(this.options?.links ?? {}).includes(group);
    if (linked && this.cursors[group] !== index) {
      this.cursors[group] = index;
      if (this.attached) this.placeCursors();
    }
    if (from !== this && this.deck && this.options.group === group && index < this.deck.values.length) {
      if (index !== this.position) {
        this.position = index;
        if (this.near) this.drawNow(true);
        else this.draw();
      }
      if (from?.clicked) this.report();
    }
  }

  move(position) {
    this.position = position;
    this.drawNow(true);
    if (this.options.group) this.tell(this.options.group, position);
  }

  // The picture itself is the slider's handle where its deck says which place belongs to which stop.
  grasp(event) {
    if (!(this.deck?.along.length || this.options?.draws) || !this.attached || event.button) return;
    const { x, y } = this.place(event);
    const { xaxis, yaxis } = this.plot._fullLayout;
    if (x < 0 || x > xaxis._length) return;
    if (this.options.draws) {
      if (y < 0 || y > yaxis._length) return;
      this.stroke = [];
    }
    this.plot.setPointerCapture(event.pointerId);
    this.grasped = true;
    this.drag(event);
  }

  // Where on the plot a pointer is, in pixels from its upper left corner.
  place(event) {
    const { left, top } = this.plot.getBoundingClientRect();
    const { xaxis, yaxis } = this.plot._fullLayout;
    return { x: event.clientX - left - xaxis._offset, y: event.clientY - top - yaxis._offset };
  }

  drag(event) {
    if (!this.grasped) return;
    if (this.stroke) return this.extend(this.place(event));
    const { xaxis } = this.plot._fullLayout;
    const place = xaxis.p2d(this.place(event).x);
    const distances = this.deck.along.map((stop) => Math.abs(stop - place));
    const nearest = distances.indexOf(Math.min(...distances));
    if (nearest !== this.position) this.move(nearest);
  }

  // What is drawn stays on the plot, and is shown as a line until the page has made it its own.
  extend({ x, y }) {
    const { xaxis, yaxis } = this.plot._fullLayout;
    const point = [Math.min(Math.max(x, 0), xaxis._length), Math.min(Math.max(y, 0), yaxis._length)];
    const last = this.stroke.at(-1);
    if (last && Math.hypot(point[0] - last[0], point[1] - last[1]) < STROKE_STEP) return;
    if (this.stroke.length >= LONGEST_STROKE) return;
    this.stroke.push(point);
    this.line.setAttribute("points", this.stroke.map(([x, y]) => `${x + xaxis._offset},${y + yaxis._offset}`).join(" "));
  }

  release() {
    if (this.stroke && this.grasped) {
      const { xaxis, yaxis } = this.plot._fullLayout;
      this.send("stroke", { x: this.stroke.map(([x]) => xaxis.p2d(x)), y: this.stroke.map(([, y]) => yaxis.p2d(y)) });
    } else if (this.grasped) this.report();
    this.grasped = false;
    this.stroke = undefined;
  }

  report() {
    if (this.position === this.reported || !this.options.reports) return;
    this.reported = this.position;
    this.send("move", { position: this.position });
  }

  indices(point) {
    return Object.entries(this.options.links ?? {}).map(([axis, group]) => [group, Math.round(point[axis])]);
  }

  hover(point) {
    const group = this.options.links?.x;
    if (group) this.tell(group, Math.round(point.x));
  }

  click(point) {
    this.clicked = true;
    for (const [group, index] of this.indices(point)) this.tell(group, index);
    this.clicked = false;
    if (!this.options.clicks) return;
    const number = Array.isArray(point.pointNumber) ? point.pointNumber : [point.pointNumber];
    this.send("click", { trace: point.curveNumber, point: number, x: point.x, y: point.y });
  }

  // A value that is sent twice counts twice: Streamlit calls back for what has changed, so each carries its time.
  send(name, value) {
    this.setStateValue(name, { ...value, time: performance.now() });
  }

  play() {
    if (this.position >= this.deck.values.length - 1) this.move(0);
    this.playButton.setAttribute("aria-pressed", "true");
    this.playButton.textContent = "❚❚";
    this.timer = setInterval(() => {
      if (!this.root.isConnected || !this.deck || this.position >= this.deck.values.length - 1) this.pause(true);
      else this.move(this.position + 1);
    }, PLAY_MILLISECONDS);
  }

  pause(report) {
    clearInterval(this.timer);
    this.timer = undefined;
    this.playButton.setAttribute("aria-pressed", "false");
    this.playButton.textContent = "▶";
    if (report) this.report();
  }

  async download() {
    while (!this.attached) await new Promise(requestAnimationFrame); // it has just come into sight
    const layout = this.plot.layout;
    window.Plotly.downloadImage(
      { data: this.plot.data, layout: { ...layout, paper_bgcolor: getComputedStyle(this.probe).color } },
      { format: "png", filename: this.options.name, width: layout.width, height: layout.height, scale: 3 });
  }

  remove() {
    this.pause(false);
    clearTimeout(this.resting);
    window.removeEventListener(EVENT, this.listener);
    this.observer.disconnect();
    this.nearby.disconnect();
    if (this.attached) window.Plotly.purge(this.plot);
  }
}

export default (component) => mount(Picture, ".live-figure", component);
