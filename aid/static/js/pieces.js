// Notes and coins are added up as they are typed. Without this the page adds them up when it is asked to.
const NUMBER = /\d(?:[\d\s.,]*\d)?/;
for (const group of document.querySelectorAll("[data-pieces]")) {
  const digits = Number(group.dataset.digits);
  const said = new Intl.NumberFormat([document.documentElement.lang, "ru"], { maximumFractionDigits: digits });
  const sum = group.querySelector("[data-sum]");
  const as = sum.textContent; // with the sign where the page puts it
  const addUp = () => {
    let minor = 0;
    for (const field of group.querySelectorAll("[data-face]")) {
      const typed = field.value.replace(/\s/g, "");
      if (/^\d+$/.test(typed)) minor += Number(typed) * Number(field.dataset.face);
    }
    sum.textContent = as.replace(NUMBER, said.format(minor / 10 ** digits));
  };
  group.addEventListener("input", addUp);
  addUp();
}
for (const button of document.querySelectorAll("[data-without-script]")) button.hidden = true;
