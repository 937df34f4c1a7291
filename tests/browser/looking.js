/* Loaded into a window once, beside axe: writes pages into its document, sends their forms, and looks at them. */
(scripts) => {
  let policy, written = 0;
  const anew = () => `/static/again-${written}/js/`;

  /* A page as the server answers it. Its scripts are asked for by another name each time: else they run only once. */
  window.comeTo = async (address, sent) => {
    const answer = await fetch(address, sent);
    const allowed = answer.headers.get("content-security-policy");
    policy ??= allowed;
    if (allowed !== policy) throw new Error(`${address} allows what others do not: ${allowed}`);
    const html = await answer.text();
    written += 1;
    history.replaceState(null, "", answer.url);
    const loaded = new Promise((done) => {
      document.open();
      window.addEventListener("load", done);
    });
    document.write(html.replaceAll('"/static/js/', `"${anew()}`));
    document.close();
    await loaded;
    for (const script of document.querySelectorAll("script[type=module]")) await import(script.src);
    for (const name of scripts) if (document.querySelector(`[data-${name}]`)) await import(`${anew()}${name}.js`);
    await document.fonts.ready;
  };

  window.press = (button) => {
    const form = button.form, told = new FormData(form, button);
    const isFilled = form.noValidate || button.formNoValidate || form.reportValidity();
    if (!isFilled) throw new Error(`not filled in: ${form.action}`);
    const body = form.enctype === "multipart/form-data" ? told : new URLSearchParams(told);
    const to = button.getAttribute("formaction") || form.getAttribute("action") || location.href;
    return comeTo(to, {method: "POST", body});
  };

  /* What letters look like, and all that is painted behind them: colours that are measured once are so everywhere. */
  const looks = new WeakMap();
  const clear = (style) => style.backgroundColor === "rgba(0, 0, 0, 0)" && style.backgroundImage === "none";
  const paints = (part, style) => !clear(style) || style.opacity !== "1" || style.position !== "static" || style.filter !== "none";
  const behind = (part) => {
    if (!part) return "";
    if (!looks.has(part)) {
      const style = getComputedStyle(part);
      const own = paints(part, style) ? [
        `${part.tagName}.${part.className}`, style.backgroundColor, style.backgroundImage, style.opacity, style.position, style.filter,
      ].join(" ") : "";
      const rest = behind(part.parentElement);
      looks.set(part, own && rest ? `${own} < ${rest}` : own || rest);
    }
    return looks.get(part);
  };
  const placeOf = (part) => {
    const style = getComputedStyle(part), off = !!part.closest(":disabled, [aria-disabled=true], label:has(:disabled)");
    const letters = [style.color, style.fontSize, style.fontWeight, style.textShadow, off].join(" ");
    return `${part.tagName}.${part.className} ${letters} < ${behind(part)}`;
  };
  const says = ({childNodes}) => [...childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.data.trim());

  /* What axe finds. It measures colours once for each look: they are the same on every page. */
  const measured = new Set();
  const isNew = (part) => {
    const place = placeOf(part);
    return !measured.has(place) && measured.add(place);
  };
  const run = async (where, asked) => (await axe.run(where, {resultTypes: ["violations"], ...asked})).violations;
  window.violations = async () => {
    const found = await run(document, {rules: {"color-contrast": {enabled: false}}});
    const include = [...document.body.querySelectorAll("*")].filter((part) => says(part) && part.checkVisibility() && isNew(part));
    if (include.length) found.push(...await run({include}, {runOnly: ["color-contrast"]}));
    const places = (nodes) => nodes.slice(0, 3).map((node) => node.html.slice(0, 120)).join(" | ");
    return found.map(({id, help, nodes}) => `${id}: ${help}: ${places(nodes)}`);
  };
}
