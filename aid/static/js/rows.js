/* Rows of a list come and go in place; without this file the same buttons ask the server. */

const NUMBERED = ["id", "name", "for", "value", "aria-describedby", "data-reveal"];

function renumber(list) {
  const rows = list.querySelectorAll("[data-row]");
  rows.forEach((row, index) => {
    for (const place of row.querySelectorAll("[data-row-number]")) place.textContent = String(index + 1);
    row.querySelector("[data-row-remove]").hidden = rows.length === 1;
  });
}

function nextIndex(list) {
  const found = [...list.querySelectorAll("[data-row]")].map((row) => Number(row.id.slice(list.dataset.rows.length + 1)));
  return Math.max(-1, ...found) + 1;
}

/* A copy of a row under the next number, with nothing typed and nothing wrong in it. */
function emptyCopy(row, index) {
  const copy = row.cloneNode(true);
  const [from, to] = [row.id, row.id.replace(/\d+$/, String(index))];
  for (const part of [copy, ...copy.querySelectorAll("*")]) {
    for (const attribute of NUMBERED) {
      const value = part.getAttribute(attribute);
      if (value?.includes(from)) part.setAttribute(attribute, value.replaceAll(from, to));
    }
  }
  for (const wrong of copy.querySelectorAll(".wrong")) wrong.remove();
  for (const marked of copy.querySelectorAll(".field-wrong")) marked.classList.remove("field-wrong");
  for (const box of copy.querySelectorAll("input, textarea")) {
    box.removeAttribute("aria-invalid");
    if (box.type === "radio" || box.type === "checkbox") box.checked = box.defaultChecked = false;
    else box.value = box.defaultValue = "";
  }
  for (const box of copy.querySelectorAll("select")) box.selectedIndex = 0;
  return copy;
}

function add(list) {
  const last = [...list.querySelectorAll("[data-row]")].at(-1);
  if (!last) return false;
  const row = emptyCopy(last, nextIndex(list));
  last.after(row);
  renumber(list);
  row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  return true;
}

function remove(list, row) {
  const neighbour = row.previousElementSibling?.closest("[data-row]") ?? row.nextElementSibling;
  row.remove();
  renumber(list);
  neighbour?.querySelector("input:not([type=hidden]), select, button")?.focus();
}

for (const list of document.querySelectorAll("[data-rows]")) {
  renumber(list);
  list.addEventListener("click", (event) => {
    const row = event.target.closest("[data-row-remove]")?.closest("[data-row]");
    if (row) {
      event.preventDefault();
      remove(list, row);
    } else if (event.target.closest("[data-row-add]") && add(list)) {
      event.preventDefault();
    }
  });
}
