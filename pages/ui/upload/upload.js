// A drop zone that sends files in slices, one after the other, and sends a lost slice again.

const SLICE = 8 << 20; // bytes
const TRIES = 6;
const ICON =
  '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 16V4m0 0L7 9m5-5 5 5M4 15v4a1 1 0 0 0 1 1h14a1 1 0 0 0 1-1v-4"/></svg>';

// Streamlit calls this again with new data; the zone and what it is sending stay.
export default ({ data, parentElement, setStateValue }) => {
  parentElement.zone ??= new Zone(parentElement);
  const { zone } = parentElement;
  zone.show(data, (numbers) => setStateValue("sent", numbers));
  return () => zone.remove();
};

class Zone {
  constructor(parent) {
    this.files = []; // { number, file, sent, done, problem, row }
    this.root = element("div", "zone");
    this.drop = element("label", "drop");
    this.drop.innerHTML = `${ICON}<span class="words"><span class="label"></span><span class="limit"></span></span><span class="choose"></span>`;
    this.input = element("input");
    this.input.type = "file";
    this.drop.append(this.input);
    this.note = element("p", "note");
    this.note.setAttribute("role", "status");
    this.list = element("ul");
    this.root.append(this.drop, this.note, this.list);
    parent.append(this.root);

    this.input.onchange = () => {
      this.take([...this.input.files]);
      this.input.value = "";
    };
    this.drop.ondragover = (event) => {
      event.preventDefault();
      this.drop.classList.add("over");
    };
    this.drop.ondragleave = () => this.drop.classList.remove("over");
    this.drop.ondrop = (event) => {
      event.preventDefault();
      this.drop.classList.remove("over");
      this.takeDropped(event.dataTransfer);
    };
  }

  show(data, report) {
    this.data = data;
    this.report = report;
    this.input.multiple = data.several;
    this.input.setAttribute("aria-label", data.words.label);
    for (const name of ["label", "limit", "choose"]) {
      this.drop.querySelector(`.${name}`).textContent = data.words[name];
    }
  }

  remove() {
    this.gone = true;
    this.request?.abort();
    this.root.remove();
  }

  takeDropped(transfer) {
    const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.());
    const files = [...transfer.files].filter((_, n) => !entries[n]?.isDirectory);
    this.note.textContent = files.length < transfer.files.length ? this.data.words.folder : "";
    this.take(files);
  }

  take(files) {
    if (!files.length) return;
    if (!this.data.several) {
      for (const one of [...this.files]) this.discard(one);
      files = files.slice(0, 1);
    }
    // Numbers that grow keep the order and never meet those of an earlier visit to the page.
    const first = Date.now();
    for (const [n, file] of files.entries()) {
      const one = { number: first + n, file, sent: 0, done: false, problem: "" };
      one.row = this.row(one);
      this.files.push(one);
      if (file.size > this.data.limit) one.problem = "large";
      this.draw(one);
    }
    this.send();
  }

  async send() {
    if (this.sending) return;
    this.sending = true;
    for (;;) {
      const one = this.files.find((file) => !file.done && !file.problem);
      if (!one || this.gone) break;
      await this.sendFile(one);
    }
    this.sending = false;
    if (!this.gone) this.tell();
  }

  tell() {
    this.report(this.files.filter((one) => one.done).map((one) => one.number));
  }

  async sendFile(one) {
    let tries = 0;
    do {
      const end = Math.min(one.sent + SLICE, one.file.size);
      const answer = await this.put(one, one.sent, end);
      if (this.gone || one.removed) return;
      if (answer.status === 200 || answer.status === 409) {
        tries = answer.status === 200 ? 0 : tries + 1;
        one.sent = answer.size;
        this.note.textContent = "";
      } else if ([400, 404, 413, 507].includes(answer.status)) {
        one.problem = { 404: "stale", 413: "large", 507: "full" }[answer.status] ?? "lost";
      } else {
        tries += 1;
        this.note.textContent = this.data.words.again;
        await new Promise((resolve) => setTimeout(resolve, 250 * 2 ** tries));
      }
      if (tries >= TRIES) one.problem = "lost";
    } while (!one.problem && !one.removed && one.sent < one.file.size);
    one.done = !one.problem;
    if (one.problem) this.note.textContent = "";
    this.draw(one);
  }

  put(one, begin, end) {
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      const query = new URLSearchParams({ name: one.file.name, size: one.file.size, begin });
      request.open("PUT", `${this.data.url}/${one.number}?${query}`);
      request.upload.onprogress = (event) => this.draw(one, begin + event.loaded);
      request.onloadend = () => {
        let size = begin;
        try {
          size = JSON.parse(request.responseText).size ?? begin;
        } catch {
          // An answer of somebody on the way: its status says enough.
        }
        resolve({ status: request.status, size });
      };
      this.request = request;
      request.send(one.file.slice(begin, end));
    });
  }

  discard(one) {
    one.removed = true;
    one.row.remove();
    this.files.splice(this.files.indexOf(one), 1);
    const remove = new XMLHttpRequest();
    remove.open("DELETE", `${this.data.url}/${one.number}`);
    remove.send();
  }

  row(one) {
    const row = element("li");
    const name = element("span", "name");
    name.textContent = one.file.name;
    const bar = element("progress");
    bar.max = 1;
    const said = element("span", "said");
    const remove = element("button");
    remove.type = "button";
    remove.textContent = "×";
    remove.title = this.data.words.remove;
    remove.setAttribute("aria-label", `${this.data.words.remove}: ${one.file.name}`);
    remove.onclick = () => {
      this.discard(one);
      if (!this.sending) this.tell();
    };
    row.append(name, bar, said, remove);
    this.list.append(row);
    return row;
  }

  draw(one, sent = one.sent) {
    const { words } = this.data;
    const size = one.file.size;
    const whole = shown(size);
    const [, bar, said] = one.row.children;
    bar.hidden = one.done || Boolean(one.problem);
    bar.value = size ? Math.min(sent, size) / size : 0;
    one.row.classList.toggle("problem", Boolean(one.problem));
    if (one.problem) said.textContent = words[one.problem].replace("{size}", whole);
    else if (one.done) said.textContent = whole;
    else if (!sent) said.textContent = words.waiting;
    else {
      const progress = words.progress.replace("{sent}", shown(Math.min(sent, size)));
      said.textContent = progress.replace("{size}", whole);
    }
  }
}

function element(kind, name = "") {
  const made = document.createElement(kind);
  made.className = name;
  return made;
}

function shown(bytes) {
  const [count, unit] =
    bytes < 1 << 20
      ? [bytes / 1024, "kilobyte"]
      : bytes < 1 << 30
        ? [bytes / (1 << 20), "megabyte"]
        : [bytes / (1 << 30), "gigabyte"];
  const digits = count < 10 ? 1 : 0;
  return new Intl.NumberFormat(undefined, {
    style: "unit", unit, unitDisplay: "short", maximumFractionDigits: digits,
  }).format(count);
}
