// The words of a text as chips. Size and place of a bar show a word's share: above the word where it
// speaks for positive, under it where it speaks against. All text is set as text, never as markup.

const EVENT = "unfold:cursor";
const LONGEST = 60; // characters of a word that its chip shows

const short = (text) => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text);

class Chips {
  constructor(root) {
    this.root = root;
    this.list = root.querySelector(".words");
    this.editor = root.querySelector(".editor");
    this.input = root.querySelector("input");
    this.listener = ({ detail }) => this.follow(detail);
    window.addEventListener(EVENT, this.listener);
    this.list.addEventListener("pointerover", (event) => this.point(event.target.closest("button")));
    this.list.addEventListener("focusin", (event) => this.point(event.target.closest("button")));
    this.list.addEventListener("click", (event) => this.open(event.target.closest("button")));
    this.list.addEventListener("keydown", (event) => this.step(event));
    this.editor.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send(this.input.value.trim());
    });
    root.querySelector(".drop").addEventListener("click", () => this.send(""));
    root.querySelector(".restore").addEventListener("click", () => this.send(null));
    root.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !this.editor.hidden) this.close(true);
    });
    root.addEventListener("focusout", (event) => {
      if (!root.contains(event.relatedTarget)) this.close(false);
    });
  }

  update(data, { setTriggerValue }) {
    this.data = data;
    this.setTriggerValue = setTriggerValue;
    const focused = [...this.list.children].indexOf(document.activeElement);
    this.list.setAttribute("aria-label", data.label);
    this.list.toggleAttribute("data-more", data.first > 0);
    this.list.replaceChildren(...data.words.map((word, index) => this.chip(word, index)));
    this.columns = new Map();
    data.words.forEach((word, index) => word.columns.forEach((column) => this.columns.set(column, index)));
    if (focused >= 0) this.list.children[Math.min(focused, data.words.length - 1)]?.focus();
    this.root.dataset.version = data.version;
  }

  chip(word, index) {
    const chip = document.createElement("button");
    chip.type = "button";
    chip.tabIndex = index ? -1 : 0;
    chip.dataset.index = index;
    chip.dataset.state = word.state;
    chip.title = word.title;
    chip.setAttribute("aria-label", word.title);
    const strength = this.data.strongest ? Math.abs(word.share) / this.data.strongest : 0;
    chip.style.setProperty("--strength", strength.toFixed(3));
    chip.dataset.sign = word.share > 0 ? "positive" : word.share < 0 ? "negative" : "none";
    const text = document.createElement("span");
    text.className = "text";
    if (word.before !== null) {
      const before = document.createElement("del");
      before.textContent = short(word.before);
      text.append(before, " ");
    }
    text.append(short(word.text));
    chip.append(text);
    if (word.number) {
      const number = document.createElement("span");
      number.className = "number";
      number.textContent = word.number;
      chip.append(number);
    }
    return chip;
  }

  point(chip) {
    const column = chip && this.data.words[chip.dataset.index].columns.at(-1);
    if (column !== undefined) {
      window.dispatchEvent(new CustomEvent(EVENT, { detail: { group: this.data.group, index: column, from: this } }));
    }
  }

  follow({ group, index }) {
    if (group !== this.data?.group) return;
    this.list.querySelector("[data-here]")?.removeAttribute("data-here");
    this.list.children[this.columns.get(index)]?.setAttribute("data-here", "");
  }

  step(event) {
    const move = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity }[event.key];
    if (!move) return;
    const chips = [...this.list.children];
    const next = Math.min(Math.max(chips.indexOf(event.target.closest("button")) + move, 0), chips.length - 1);
    chips[next].focus();
    event.preventDefault();
  }

  open(chip) {
    if (!chip) return;
    this.index = Number(chip.dataset.index);
    const word = this.data.words[this.index];
    if (word.state === "cut") return;
    this.input.value = word.text.slice(0, this.input.maxLength);
    this.root.querySelector(".question").textContent = `Instead of “${short(word.before ?? word.text)}”, read`;
    this.root.querySelector(".restore").hidden = word.before === null;
    this.editor.hidden = false;
    this.input.focus();
    this.input.select();
  }

  close(back) {
    if (this.editor.hidden) return;
    this.editor.hidden = true;
    if (back) this.list.children[this.index]?.focus();
  }

  send(text) {
    this.close(true);
    this.setTriggerValue("edit", { index: this.data.first + this.index, text });
  }

  remove() {
    window.removeEventListener(EVENT, this.listener);
  }
}

export default (component) => mount(Chips, ".word-chips", component);
