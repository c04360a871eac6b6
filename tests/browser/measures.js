// What the tests ask of a page that is open. Each answers with a list of what is wrong, in words.
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
    for (let each = element; each; each = each.parentElement)
      if (["fixed", "sticky", "absolute"].includes(getComputedStyle(each).position)) return true;
    return false;
  };

  const TARGETS = "a[href], button, input:not([type=hidden]), select, textarea, summary";

  // A link in a sentence has the height of its line (WCAG 2.5.8, inline).
  const isInSentence = (element) =>
    element.localName === "a" &&
    getComputedStyle(element).display === "inline" &&
    [...element.parentElement.childNodes].some(
      (node) => node !== element && node.nodeType === Node.TEXT_NODE && node.data.trim(),
    );

  const stops = () => all(TARGETS).filter((element) => !element.disabled && element.tabIndex >= 0);

  // A menu that closes when it is left takes its stops along.
  let marked = [];

  window.measures = {
    tooSmall() {
      return all(TARGETS)
        .filter((element) => !isInSentence(element))
        .map((element) => [element, (element.labels?.[0]?.contains(element) ? element.labels[0] : element).getBoundingClientRect()])
        .filter(([, { width, height }]) => width < 23.5 || height < 23.5)
        .map(([element, { width, height }]) => `${name(element)} ${width.toFixed(1)}×${height.toFixed(1)}`);
    },

    // Wider than the window, or to be scrolled sideways (WCAG 1.4.10).
    tooWide() {
      const wide = document.documentElement.scrollWidth;
      const found = wide > innerWidth ? [`the page is ${wide} wide`] : [];
      for (const element of all("body *")) {
        const { left, right } = element.getBoundingClientRect();
        const { overflowX } = getComputedStyle(element);
        const scrolls = ["auto", "scroll"].includes(overflowX) && element.scrollWidth > element.clientWidth + 1;
        if (left < -1 || right > innerWidth + 1 || scrolls) found.push(name(element));
      }
      return found;
    },

    // Text that its box hides a part of. A name or an e-mail that gives way says so with “…”.
    cutOff() {
      const givesWay = ".client, .offer, .email";
      return all("body *:not(input, textarea, select, progress, meter)")
        .filter((element) => !element.matches(givesWay))
        .filter((element) => getComputedStyle(element).overflow !== "visible")
        .filter(({ scrollWidth, clientWidth, scrollHeight, clientHeight }) => scrollWidth > clientWidth + 1 || scrollHeight > clientHeight + 1)
        .filter((element) => !["auto", "scroll"].includes(getComputedStyle(element).overflowY))
        .map(name);
    },

    // Two texts on one another, but for what floats on purpose.
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
          for (let each = element; each; each = each.parentElement) {
            if (getComputedStyle(each).overflow === "visible") continue;
            const clip = each.getBoundingClientRect();
            for (const side of ["left", "top"]) box[side] = Math.max(box[side], clip[side]);
            for (const side of ["right", "bottom"]) box[side] = Math.min(box[side], clip[side]);
          }
          texts.push([element, box]);
        }
      }
      const found = [];
      texts.forEach(([one, a], n) => {
        for (const [other, b] of texts.slice(n + 1)) {
          const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
          const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
          // Lines of one paragraph may touch.
          if (across > 2 && down > 6 && one !== other) found.push(`${name(one)} / ${name(other)}`);
        }
      });
      return found;
    },

    // Which controls there are to be come to by Tab.
    stops: () => (marked = stops()).length,

    // Where the focus is: what is wrong with it there.
    focus() {
      const element = document.activeElement;
      if (element === document.body) return { at: -1, found: [] };
      const { left, right, top, bottom } = element.getBoundingClientRect();
      const found = [];
      if (bottom < 1 || top > innerHeight - 1) found.push("is out of sight");
      const x = Math.min(Math.max((left + right) / 2, 0), innerWidth - 1);
      const y = Math.min(Math.max((top + bottom) / 2, 0), innerHeight - 1);
      const hit = document.elementFromPoint(x, y);
      const isAbove = hit && (element.contains(hit) || hit.contains(element) || [...(element.labels ?? [])].some((label) => label.contains(hit)));
      if (!isAbove) found.push(`is under ${hit && name(hit)}`);
      const rings = [element, element.closest(".search")].filter(Boolean).map((each) => getComputedStyle(each));
      if (!rings.some(({ outlineStyle, outlineWidth }) => outlineStyle !== "none" && parseFloat(outlineWidth) >= 2)) found.push("has no ring");
      return { at: marked.indexOf(element), found: found.map((what) => `${name(element)} ${what}`) };
    },

    // A person's own spacing (WCAG 1.4.12). The policy of the page allows no style but files.
    space() {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-block-end: 2em !important }");
      document.adoptedStyleSheets = [sheet];
    },
  };
})();
