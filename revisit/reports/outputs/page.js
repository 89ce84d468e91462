"use strict";
// Sorts a table by the column whose title is pressed: numbers as numbers, texts as the page's language has them, nothing last.
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const compare = new Intl.Collator(document.documentElement.lang, { numeric: true }).compare;
  const titles = [...table.tHead.rows[0].cells];
  titles.forEach((title, place) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...title.childNodes);
    title.append(button);
    button.addEventListener("click", () => {
      const number = title.classList.contains("n");
      const before = title.getAttribute("aria-sort");
      const order = before ? (before === "ascending" ? "descending" : "ascending") : number ? "descending" : "ascending";
      const sign = order === "ascending" ? 1 : -1;
      const value = (row) => row.cells[place].dataset.value;
      const rows = [...body.rows].sort((one, other) => {
        const [a, b] = [value(one), value(other)];
        if (a === undefined || b === undefined) return (a === undefined) - (b === undefined);
        return sign * (number ? a - b : compare(a, b));
      });
      titles.forEach((other) => other.removeAttribute("aria-sort"));
      title.setAttribute("aria-sort", order);
      body.append(...rows);
    });
  });
}
