// A class was cancelled: how many are ticked stands on the button, and one box ticks a whole table.
// The page works without this file.

function count() {
  const said = document.querySelector("[data-ticked]");
  if (!said) return;
  const ticked = document.querySelectorAll(".people input[name=purchase]:checked").length;
  said.textContent = ` (${ticked.toLocaleString(document.documentElement.lang)})`;
  document.getElementById("press").disabled = ticked === 0;
  document.querySelectorAll(".people").forEach((table) => {
    const all = table.querySelector("[data-all]");
    const boxes = [...table.querySelectorAll(".tick input[name=purchase]")];
    if (!all) return;
    all.hidden = boxes.length < 2;
    all.checked = boxes.every((box) => box.checked);
    all.indeterminate = !all.checked && boxes.some((box) => box.checked);
  });
}

document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-all]")) {
    const boxes = target.closest(".people").querySelectorAll(".tick input[name=purchase]");
    boxes.forEach((box) => (box.checked = target.checked));
  }
  if (target.matches(".people input")) count();
});
document.addEventListener("htmx:afterSettle", count);
addEventListener("pageshow", count);
