// Notes and coins are added up as they are typed. Without this the page adds them up when it is asked to.
for (const group of document.querySelectorAll("[data-pieces]")) {
  const digits = Number(group.dataset.digits);
  const said = new Intl.NumberFormat(document.documentElement.lang, {
    style: "currency",
    currency: group.dataset.currency,
    currencyDisplay: "narrowSymbol",
    minimumFractionDigits: 0,
    maximumFractionDigits: digits,
  });
  const sum = group.querySelector("[data-sum]");
  const addUp = () => {
    let minor = 0;
    for (const field of group.querySelectorAll("[data-face]")) {
      const typed = field.value.replace(/\s/g, "");
      if (/^\d+$/.test(typed)) minor += Number(typed) * Number(field.dataset.face);
    }
    sum.textContent = said.format(minor / 10 ** digits);
  };
  group.addEventListener("input", addUp);
  addUp();
}
for (const button of document.querySelectorAll("[data-without-script]")) button.hidden = true;
