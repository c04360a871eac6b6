// Measure an open page. Each function returns a list of faults as text.
(() => {
  const shown = (element) =>
    element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
    !element.closest(".visually-hidden, .skip:not(:focus), [inert]") &&
    element.getBoundingClientRect().width > 1;
  const modal = () => document.querySelector("dialog:modal");
  const all = (selector) => [...(modal() ?? document).querySelectorAll(selector)].filter(shown);
  const name = (element) =>
    `${element.localName}${element.id ? "#" + element.id.replace(/[0-9a-f-]{36}/, "…") : ""}` +
    `.${element.className} “${(element.ariaLabel ?? element.textContent).trim().slice(0, 30)}”`;
  const floats = (element) => {
    for (let ancestor = element; ancestor; ancestor = ancestor.parentElement)
      if (["fixed", "sticky", "absolute"].includes(getComputedStyle(ancestor).position)) return true;
    return false;
  };

  const TARGETS = "a[href], button, input:not([type=hidden]), select, textarea, summary";

  // A link in a sentence may have the height of its line (WCAG 2.5.8, exception "inline").
  const isInSentence = (element) =>
    element.localName === "a" &&
    getComputedStyle(element).display === "inline" &&
    [...element.parentElement.childNodes].some(
      (node) => node !== element && node.nodeType === Node.TEXT_NODE && node.data.trim(),
    );

  // Tab reaches one radio button of a group, the others are reached by the arrow keys.
  const isStop = (element) => {
    if (element.disabled || element.tabIndex < 0) return false;
    if (element.type !== "radio") return true;
    const group = [...document.querySelectorAll(`[type=radio][name="${element.name}"]`)];
    return element === (group.find(({ checked }) => checked) ?? group[0]);
  };
  const stops = () => all(TARGETS).filter(isStop);

  // The tab stops before the keys were pressed, because a menu that closes removes its stops.
  let marked = [];

  window.measures = {
    tooSmall() {
      return all(TARGETS)
        .filter((element) => !isInSentence(element))
        .map((element) => [element, (element.labels?.[0]?.contains(element) ? element.labels[0] : element).getBoundingClientRect()])
        .filter(([, { width, height }]) => width < 23.5 || height < 23.5)
        .map(([element, { width, height }]) => `${name(element)} ${width.toFixed(1)}×${height.toFixed(1)}`);
    },

    // Elements that are wider than the window or scroll horizontally (WCAG 1.4.10). On a phone, some
    // lines scroll so that the first client stays in sight. At 320 px and at 400 % zoom they wrap.
    tooWide() {
      const lines = innerWidth > 352 && innerHeight > 480 ? ".top nav, .states, .overview" : "#none";
      const width = document.documentElement.scrollWidth;
      const faults = width > innerWidth ? [`the page is ${width} wide`] : [];
      for (const element of all("body *")) {
        if (element.closest(lines)) continue;
        const { left, right } = element.getBoundingClientRect();
        const { overflowX } = getComputedStyle(element);
        const scrolls = ["auto", "scroll"].includes(overflowX) && element.scrollWidth > element.clientWidth + 1;
        if (left < -1 || right > innerWidth + 1 || scrolls) faults.push(name(element));
      }
      return faults;
    },

    // Text that its box cuts off. Names and e-mails may be shortened with “…”.
    cutOff() {
      const shortened = ".client, .offer, .email";
      return all("body *:not(input, textarea, select, progress, meter)")
        .filter((element) => !element.matches(shortened))
        .filter((element) => getComputedStyle(element).overflow !== "visible")
        .filter(({ scrollWidth, clientWidth, scrollHeight, clientHeight }) => scrollWidth > clientWidth + 1 || scrollHeight > clientHeight + 1)
        .filter((element) => !["auto", "scroll"].includes(getComputedStyle(element).overflowY))
        .map(name);
    },

    // Texts that overlap, except for floating elements.
    overlaps() {
      const texts = [];
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const element = node.parentElement;
        if (!node.data.trim() || element.closest("template, dialog, option") || !shown(element) || floats(element)) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        for (const { left, right, top, bottom } of range.getClientRects()) {
          const box = { left, right, top, bottom };
          for (let ancestor = element; ancestor; ancestor = ancestor.parentElement) {
            if (getComputedStyle(ancestor).overflow === "visible") continue;
            const clip = ancestor.getBoundingClientRect();
            for (const side of ["left", "top"]) box[side] = Math.max(box[side], clip[side]);
            for (const side of ["right", "bottom"]) box[side] = Math.min(box[side], clip[side]);
          }
          texts.push([element, box]);
        }
      }
      const faults = [];
      texts.forEach(([one, a], n) => {
        for (const [other, b] of texts.slice(n + 1)) {
          const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
          const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
          // Lines of one paragraph may touch.
          if (across > 2 && down > 6 && one !== other) faults.push(`${name(one)} / ${name(other)}`);
        }
      });
      return faults;
    },

    // Store the controls that Tab must reach, and return their number.
    stops: () => (marked = stops()).length,

    // Return the index of the focused control and its faults.
    focus() {
      const element = document.activeElement;
      if (element === document.body) return { at: -1, faults: [] };
      const { left, right, top, bottom } = element.getBoundingClientRect();
      const faults = [];
      if (bottom < 1 || top > innerHeight - 1) faults.push("is outside the window");
      const x = Math.min(Math.max((left + right) / 2, 0), innerWidth - 1);
      const y = Math.min(Math.max((top + bottom) / 2, 0), innerHeight - 1);
      const hit = document.elementFromPoint(x, y);
      const isAbove = hit && (element.contains(hit) || hit.contains(element) || [...(element.labels ?? [])].some((label) => label.contains(hit)));
      if (!isAbove) faults.push(`is under ${hit && name(hit)}`);
      const rings = [element, element.closest(".search")].filter(Boolean).map((part) => getComputedStyle(part));
      if (!rings.some(({ outlineStyle, outlineWidth }) => outlineStyle !== "none" && parseFloat(outlineWidth) >= 2)) faults.push("has no focus ring");
      return { at: marked.indexOf(element), faults: faults.map((fault) => `${name(element)} ${fault}`) };
    },

    // Set custom text spacing (WCAG 1.4.12). The page's CSP forbids inline styles, so adopt a
    // sheet.
    space() {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-block-end: 2em !important }");
      document.adoptedStyleSheets = [sheet];
    },
  };
})();
