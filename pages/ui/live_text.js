// A text box whose text goes to the server while it is typed.

class Box {
  constructor(root) {
    this.area = root.querySelector("textarea");
    this.root = root;
    this.sendSoon = atPauses(() => this.send());
    this.area.addEventListener("input", () => {
      this.fit();
      this.sendSoon();
    });
    this.area.addEventListener("change", () => this.send());
    this.area.addEventListener("keydown", (event) => this.step(event));
  }

  update(data, { setStateValue }) {
    this.setStateValue = setStateValue;
    this.root.querySelector("label").firstChild.textContent = data.label;
    this.root.classList.toggle("small", data.small);
    this.single = data.small && data.lines === 1;
    this.area.placeholder = data.placeholder;
    this.area.rows = data.lines;
    this.root.querySelector(".problem").textContent = data.problem;
    this.area.setAttribute("aria-invalid", Boolean(data.problem));
    // A new revision is a text that the page has chosen; otherwise what stands in the box is newer.
    if (data.revision !== this.revision) {
      this.revision = data.revision;
      this.area.value = this.sent = data.value;
      this.fit();
    }
  }

  // In a box for one number the arrow keys count, and the Enter key makes no second line.
  step(event) {
    if (!this.single) return;
    const change = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (event.key === "Enter") this.send();
    else if (!change || !/^\s*[-−]?\d{1,15}\s*$/.test(this.area.value)) return;
    else this.area.value = Number(this.area.value.replace("−", "-")) + change;
    event.preventDefault();
    this.area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  fit() {
    this.area.style.height = "auto";
    if (this.single && this.area.scrollHeight <= this.area.clientHeight) return;
    this.area.style.height = `${Math.min(this.area.scrollHeight + 2, 0.3 * window.innerHeight)}px`;
  }

  send() {
    if (this.area.value === this.sent) return;
    this.sent = this.area.value;
    this.setStateValue("value", this.sent);
  }
}

export default (component) => mount(Box, ".live-text", component);
