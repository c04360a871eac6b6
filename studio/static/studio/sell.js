// The page that sells: the chosen offer fills the price, the sessions and the last day. Without this
// file, the button "Fill in" does it.

const sale = /** @type {HTMLFormElement | null} */ (document.getElementById("sale"));

/**
 * @param {HTMLFormElement} sale
 * @param {string} name
 */
const fieldOf = (sale, name) => /** @type {HTMLInputElement} */ (sale.elements.namedItem(name));

/**
 * Fill in what the offer has.
 * @param {HTMLFormElement} sale
 * @param {HTMLInputElement} offer
 */
function fillIn(sale, offer) {
  for (const name of ["price", "sessions", "expires"]) {
    fieldOf(sale, name).value = offer.dataset[name] ?? "";
  }
  const currency = document.getElementById("currency");
  if (currency) currency.textContent = offer.dataset.currency ?? "";
  fieldOf(sale, "filled_for").value = offer.value;
}

if (sale) {
  sale.addEventListener("change", ({ target }) => {
    const field = /** @type {HTMLInputElement} */ (target);
    if (field.name === "offer") fillIn(sale, field);
  });
  // After a reload, browsers tick the offer again, but the hidden field is as the server sent it.
  /** @type {HTMLInputElement | null} */
  const chosen = sale.querySelector("[name=offer]:checked");
  if (chosen && chosen.value !== fieldOf(sale, "filled_for").value) fillIn(sale, chosen);
  sale.querySelector("[name=fill]")?.remove();
}
