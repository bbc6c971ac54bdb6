// A table of probabilities whose cells go to the server while they are typed.

const STEP = 0.05;
const SLACK = 1e-3;

const written = (value) => String(Number(value.toFixed(4)));
const number = (text) => (/^\s*(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text) ? Number(text) : NaN);

class Table {
  constructor(root) {
    this.root = root;
    this.sendSoon = atPauses(() => this.send());
    this.table = root.querySelector("table");
    this.table.addEventListener("input", () => this.changed());
    this.table.addEventListener("change", () => this.send());
    this.table.addEventListener("keydown", (event) => this.press(event));
    this.table.addEventListener("paste", (event) => this.paste(event));
    this.table.addEventListener("focusin", (event) => event.target.select?.());
  }

  update(data, { setStateValue }) {
    this.setStateValue = setStateValue;
    const names = JSON.stringify([data.label, data.rows, data.columns]);
    if (names !== this.names) {
      const values = this.inputs?.map((row) => row.map((input) => input.value));
      const same = values?.length === data.rows.length && values[0].length === data.columns.length;
      this.names = names;
      this.build(data);
      if (same) this.fill(values);
    }
    // A new revision is a table that the page has chosen; otherwise what stands in the cells is newer.
    if (data.revision !== this.revision || this.inputs.every((row) => row.every((input) => !input.value))) {
      this.revision = data.revision;
      this.fill(data.cells);
      this.sent = this.text();
    }
    this.root.querySelector(".problem").textContent = data.problem;
    this.show();
  }

  build({ label, rows, columns }) {
    const cell = (kind, text, scope) => {
      const node = document.createElement(kind);
      node.textContent = text;
      if (scope) node.scope = scope;
      return node;
    };
    const line = (...cells) => {
      const row = document.createElement("tr");
      row.append(...cells);
      return row;
    };
    const sum = cell("th", "sum", "col");
    sum.className = "sum";
    this.inputs = rows.map((row) =>
      columns.map((column) => {
        const input = document.createElement("input");
        Object.assign(input, { type: "text", inputMode: "decimal", autocomplete: "off", spellcheck: false, size: 5 });
        input.setAttribute("aria-label", `${label}: ${[row, column].filter(Boolean).join(", ")}`);
        return input;
      }));
    this.sums = rows.map(() => Object.assign(cell("td", ""), { className: "sum" }));
    const wrap = (input) => {
      const node = document.createElement("td");
      node.append(input);
      return node;
    };
    const head = document.createElement("thead");
    head.append(line(cell("td", ""), ...columns.map((name) => cell("th", name, "col")), sum));
    const body = document.createElement("tbody");
    body.append(...rows.map((name, i) => line(cell("th", name, "row"), ...this.inputs[i].map(wrap), this.sums[i])));
    this.table.replaceChildren(cell("caption", label), head, body);
  }

  fill(values) {
    values.forEach((row, i) => row.forEach((value, j) => {
      if (this.inputs[i]?.[j]) this.inputs[i][j].value = value;
    }));
  }

  // A comma in a cell stands before its decimals, as half of the world writes them.
  text() {
    return this.inputs
      .map((row) => row.map((input) => input.value.trim().replace(",", ".").replace(/[,;\s]+/g, "_")).join(","))
      .join(";");
  }

  show() {
    this.inputs.forEach((row, i) => {
      const values = row.map((input) => number(input.value.replace(",", ".")));
      const sum = values.reduce((all, value) => all + value, 0);
      const right = Math.abs(sum - 1) <= SLACK;
      this.sums[i].textContent = Number.isNaN(sum) ? "?" : right ? "1" : `${written(sum)} ≠ 1`;
      this.sums[i].toggleAttribute("data-wrong", !right);
      row.forEach((input, j) => input.setAttribute("aria-invalid", Number.isNaN(values[j])));
    });
  }

  changed() {
    this.show();
    this.sendSoon();
  }

  find(input) {
    const i = this.inputs.findIndex((row) => row.includes(input));
    return [i, this.inputs[i]?.indexOf(input)];
  }

  press(event) {
    const [i, j] = this.find(event.target);
    const change = { ArrowUp: STEP, ArrowDown: -STEP }[event.key];
    if (i < 0 || (!change && event.key !== "Enter")) return;
    event.preventDefault();
    if (event.key === "Enter") return (this.inputs[i + 1] ?? this.inputs[0])[j].focus();
    this.raise(this.inputs[i], j, change);
    this.changed();
  }

  // One probability changes, and the others of its row in proportion, so that their sum stays 1.
  raise(row, j, change) {
    const values = row.map((input) => number(input.value.replace(",", ".")));
    if (Number.isNaN(values[j]) || row.length === 1) return;
    const value = Math.min(Math.max(Math.round((values[j] + change) / STEP) * STEP, 0), 1);
    const others = values.reduce((sum, other, k) => (k === j ? sum : sum + other), 0);
    row.forEach((input, k) => {
      if (k === j) input.value = written(value);
      else if (others > 0) input.value = written((values[k] * (1 - value)) / others);
      else if (values.every((other) => !Number.isNaN(other))) input.value = written((1 - value) / (row.length - 1));
    });
  }

  // A block of numbers from a spreadsheet or a text fills the cells from here on.
  paste(event) {
    const [i, j] = this.find(event.target);
    const lines = event.clipboardData.getData("text").trim().split(/\s*[\n;]\s*/)
      .map((line) => line.split(/\s/.test(line) ? /\s+/ : ","));
    if (i < 0 || (lines.length === 1 && lines[0].length === 1)) return;
    event.preventDefault();
    lines.forEach((line, k) => line.forEach((value, l) => {
      if (this.inputs[i + k]?.[j + l]) this.inputs[i + k][j + l].value = value;
    }));
    this.changed();
  }

  send() {
    const text = this.text();
    if (text === this.sent) return;
    this.sent = text;
    this.setStateValue("value", text);
  }
}

export default (component) => mount(Table, ".live-table", component);
