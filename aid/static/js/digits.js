/* Groups digits while they are typed, pasted or scanned: 1234 5678 9012 3456. The caret keeps its digit. */

const group = (digits, size) => digits.replace(new RegExp(`(\\d{${size}})(?=\\d)`, "g"), "$1 ");

function regroup(box) {
  if (/[^\d\s\u00a0-]/.test(box.value)) return; /* no digits: leave it as it is */
  const before = box.value.slice(0, box.selectionStart ?? box.value.length).replace(/\D/g, "").length;
  const digits = box.value.replace(/\D/g, "");
  const { digits: size, long } = box.dataset; /* a code from paper is longer than the phone's, and grouped as printed */
  const grouped = group(digits, long && digits.length > 2 * size ? long : size);
  if (grouped === box.value) return;
  box.value = grouped;
  let caret = 0;
  for (let seen = 0; caret < grouped.length && seen < before; caret += 1) {
    if (grouped[caret] !== " ") seen += 1;
  }
  if (document.activeElement === box) box.setSelectionRange(caret, caret);
}

for (const box of document.querySelectorAll("[data-digits]")) {
  regroup(box);
  box.addEventListener("input", (event) => {
    if (!event.isComposing) regroup(box);
  });
}
