// Fills in what is usual in a country, in the form of a studio. Without JavaScript, the server fills
// in what is left empty.

export {};

/** @param {string} name */
const select = (name) =>
  /** @type {HTMLSelectElement} */ (document.querySelector(`select[name=${name}]`));

const country = select("country");
const fields = [select("time_zone"), select("language"), select("currency")];
/** @type {Set<EventTarget | null>} */
const touched = new Set();

// The time zone of this browser is likely that of the studio.
const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

for (const field of fields) {
  field.addEventListener("change", () => touched.add(field));
}
country.addEventListener("change", fillIn);

if (!country.value) {
  const here = [...country.options].find((option) => zonesOf(option).includes(ownZone));
  if (here) {
    country.value = here.value;
    fillIn();
  }
}

function fillIn() {
  const option = country.selectedOptions[0];
  const hasOwnZone = zonesOf(option).includes(ownZone);
  for (const field of fields) {
    if (touched.has(field)) continue;
    const isZone = field.name === "time_zone";
    field.value = isZone && hasOwnZone ? ownZone : (option.dataset[field.name] ?? "");
  }
}

/** @param {HTMLOptionElement} option */
function zonesOf(option) {
  return (option.dataset.zones ?? "").split(" ");
}
