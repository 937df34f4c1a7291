// One tick for all: it sets every other box of its form, and shows when they are not all ticked any more.
for (const all of document.querySelectorAll("[data-ticks]")) {
  const boxes = [...all.form.querySelectorAll('input[type="checkbox"]')].filter((box) => box !== all);
  all.closest("[hidden]").hidden = false;
  all.addEventListener("change", () => boxes.forEach((box) => (box.checked = all.checked)));
  all.form.addEventListener("change", (event) => {
    if (event.target !== all) all.checked = boxes.every((box) => box.checked);
  });
}
