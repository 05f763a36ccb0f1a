"use strict";
// Sorting and filtering of the long tables; without it they are readable as they stand.
// It reads texts and moves rows; it never makes HTML of anything that stands in them.
(() => {
  const SEVERAL = 6;
  const compare = (a, b) => (a < b ? -1 : +(a > b));
  const natural = (text) => text.trim().toLowerCase().replace(/\d+/g, (digits) => digits.padStart(15, "0"));
  const made = (name, words) => Object.assign(document.createElement(name), words);

  const equip = (table) => {
    const body = table.tBodies[0];
    const rows = body ? [...body.rows] : [];
    if (rows.length < SEVERAL) return;
    const headings = [...table.tHead.rows[0].cells];
    const texts = [];
    const name = (table.caption || table).textContent.trim().slice(0, 80);
    const field = made("input", { type: "search", placeholder: "Filter these rows", spellcheck: false });
    field.setAttribute("aria-label", `Filter: ${name}`);
    const count = made("output", {});
    const order = made("select", { className: "order" });
    order.setAttribute("aria-label", `Sort: ${name}`);
    const bar = made("div", { className: "tools" });
    bar.append(field, order, count);
    (table.closest(".scroll") || table).before(bar);

    const tell = (shown) => {
      const all = rows.length.toLocaleString("en");
      count.textContent = shown === rows.length ? `${all} rows` : `${shown.toLocaleString("en")} of ${all} rows`;
    };
    const filter = () => {
      const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      rows.forEach((row, place) => {
        if (words.length) texts[place] ??= row.textContent.toLowerCase();
        const hidden = words.some((word) => !texts[place].includes(word));
        if (row.hidden !== hidden) row.hidden = hidden;
        shown += !hidden;
      });
      tell(shown);
    };
    const sort = (column, downwards) => {
      const key = (row) => {
        const cell = row.cells[column];
        return cell ? natural(cell.dataset.v ?? cell.textContent) : "";
      };
      const keyed = rows.map((row, place) => [key(row), place, row]);
      keyed.sort((a, b) => (downwards ? compare(b[0], a[0]) : compare(a[0], b[0])) || a[1] - b[1]);
      body.append(...keyed.map((each) => each[2]));
      headings.forEach((heading, place) => {
        if (place === column) heading.setAttribute("aria-sort", downwards ? "descending" : "ascending");
        else heading.removeAttribute("aria-sort");
      });
      order.value = `${column}`;
    };

    order.append(made("option", { value: "", textContent: "Sort by\u2026" }));
    headings.forEach((heading, column) => {
      const button = made("button", { type: "button" });
      button.append(...heading.childNodes);
      heading.append(button);
      order.append(made("option", { value: `${column}`, textContent: button.textContent }));
      button.addEventListener("click", () => {
        const first = heading.classList.contains("num") ? "descending" : "ascending";
        const now = heading.getAttribute("aria-sort");
        sort(column, now ? now === "ascending" : first === "descending");
      });
    });
    order.addEventListener("change", () => {
      if (order.value) sort(Number(order.value), headings[order.value].classList.contains("num"));
    });
    let waiting;
    field.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(filter, 80);
    });
    tell(rows.length);
  };
  document.querySelectorAll("table[data-tools]").forEach(equip);
})();
