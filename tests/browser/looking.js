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

  /* Where something stands: its element and those around it, each with all that a style may ask for. */
  const unstyled = new Set("id name value href for action src d title datetime lang".split(" "));
  const beside = (part) => part ? `${part.tagName}.${part.className}` : "";
  const styled = ({attributes}) => [...attributes].filter(({name}) => !unstyled.has(name));
  const like = (part) => [
    part.tagName,
    ...styled(part).map(({name, value}) => `${name}=${value}`).sort(),
    beside(part.previousElementSibling),
    !part.nextElementSibling,
    [...part.parentElement.children].indexOf(part) % 2,
  ].join(" ");
  const placeOf = (part) => part === document.body ? "" : `${like(part)} < ${placeOf(part.parentElement)}`;
  const says = ({childNodes}) => [...childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.data.trim());

  /* What axe finds. It measures colours once for each place: they are the same on every page. */
  const measured = new Set();
  const isNew = (part) => {
    const place = placeOf(part);
    return !measured.has(place) && measured.add(place);
  };
  const run = async (where, asked) => (await axe.run(where, {resultTypes: ["violations"], ...asked})).violations;
  window.violations = async () => {
    const found = await run(document, {rules: {"color-contrast": {enabled: false}}});
    const include = [...document.body.querySelectorAll("*")].filter((part) => says(part) && isNew(part));
    if (include.length) found.push(...await run({include}, {runOnly: ["color-contrast"]}));
    const places = (nodes) => nodes.slice(0, 3).map((node) => node.html.slice(0, 120)).join(" | ");
    return found.map(({id, help, nodes}) => `${id}: ${help}: ${places(nodes)}`);
  };
}
