/* The digits of a voucher, wherever they come from, and the field that they go into. */

const LONG = 16;
const KAZAKH = [..."қ\"әіңғ,.үұ"]; /* what the row of digits writes where the keyboard is set to Kazakh */

/* The check digits of ISO 7064 MOD 97-10. */
export const isVoucher = (text) => new RegExp(`^\\d{${LONG}}$`).test(text) && BigInt(text) % 97n === 1n;

/* The digit of a key, whatever the keyboard is set to. */
export const digitOf = ({ code, key }) => /^(?:Digit|Numpad)(\d)$/.exec(code)?.[1] ?? (/^\d$/.test(key) ? key : "");

/* What was typed, without what means nothing; digits in place of a Kazakh keyboard's letters. */
export function digitsIn(text) {
  const digits = [...text.toLowerCase()].map((sign) => (KAZAKH.includes(sign) ? KAZAKH.indexOf(sign) : sign));
  return digits.join("").replace(/[\s-]/g, "");
}

export const field = () => document.querySelector("input[name=code][data-digits]");

/* Into the field, and the form is sent by its own button. */
export function put(code) {
  const box = field();
  box.value = code;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.form.querySelector("button[type=submit]").click();
}
