"use strict";
// The page is complete without this. It adds sorting, filtering and choosing.
const number = text => parseFloat(text.replace(/,/g, "").replace(/^\u2212/, "-"));
const written = value => value.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const made = (tag, properties, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

function sortable(table) {
  const body = table.tBodies[0];
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    if (!head.textContent.trim()) return;
    // Not a <button>: Chromium leaves those out of the heads that it repeats on printed pages.
    const button = made("span", { role: "button", tabIndex: 0 }, ...head.childNodes);
    head.append(button);
    button.addEventListener("keydown", event => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      button.click();
    });
    button.addEventListener("click", () => {
      const numeric = head.classList.contains("n");
      const before = head.getAttribute("aria-sort");
      const down = before ? before === "ascending" : numeric;
      [...table.tHead.rows[0].cells].forEach(other => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const key = row => row.cells[column].textContent.trim();
      const value = row => (Number.isNaN(number(key(row))) ? -Infinity : number(key(row)));
      const rows = [...body.rows].sort((a, b) =>
        numeric ? value(a) - value(b) || 0 : key(a).localeCompare(key(b), "en", { numeric: true }));
      body.append(...(down ? rows.reverse() : rows));
    });
  });
}

function filterable(table) {
  const rows = [...table.tBodies[0].rows];
  const said = made("output", {});
  const field = made("input", { type: "search", autocomplete: "off" });
  const label = made("label", { className: "filter" }, "Filter ", field);
  table.parentElement.before(made("div", { className: "tools" }, label, said));
  const texts = rows.map(row => row.textContent.toLowerCase());
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let sum = 0, shown = 0;
    rows.forEach((row, place) => {
      row.hidden = !words.every(word => texts[place].includes(word));
      if (row.hidden) return;
      shown += 1;
      sum += number(row.cells[row.cells.length - 1].textContent) || 0;
    });
    said.textContent = words.length === 0 ? "" : `${shown} of ${rows.length} rows` +
      (table.dataset.tools === "lines" ? `, ${written(sum)} together` : "");
  });
}

function choosable(table, which) {
  const rows = [...table.tBodies[0].rows];
  const foot = table.tFoot.rows[0];
  const said = made("output", { className: "chosen" });
  table.parentElement.after(said);
  const boxes = rows.map((row, place) => {
    const box = made("input", { type: "checkbox", id: `choice-${which}-${place}` });
    const cell = row.cells[0];
    cell.replaceChildren(made("label", { htmlFor: box.id }, box, " ", cell.textContent));
    box.addEventListener("change", () => {
      // Choices of one group exclude one another.
      if (box.checked && row.dataset.group) {
        rows.forEach((other, number) => {
          if (other !== row && other.dataset.group === row.dataset.group) boxes[number].checked = false;
        });
      }
      const saved = rows.reduce((sum, other, number) =>
        sum + (boxes[number].checked ? Number(other.dataset.saving) : 0), 0);
      const monthly = Number(table.dataset.choices);
      foot.cells[0].textContent = saved === 0 ? "If nothing is done" : "If these are done";
      foot.cells[1].textContent = saved === 0 ? "" : written(saved);
      foot.cells[2].textContent = written(monthly - saved);
      said.textContent = `${written(monthly - saved)} ${table.dataset.currency} per month`;
    });
    return box;
  });
}

document.querySelectorAll("table[data-tools]").forEach(table => {
  sortable(table);
  if (table.tBodies[0].rows.length > 10) filterable(table);
});
document.querySelectorAll("table[data-choices]").forEach(choosable);
