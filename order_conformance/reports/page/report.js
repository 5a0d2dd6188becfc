"use strict";
(() => {
  const one = (selector) => document.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const form = one(".filter");
  const search = one("#search");
  const selects = { outcome: one("#by-outcome"), area: one("#by-area"), level: one("#by-level") };
  const rows = all(".requirement").map((row) => ({ row, text: row.textContent.toLowerCase() }));

  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { row, text } of rows) {
      const fits = Object.entries(selects).every(([name, select]) => !select.value || row.dataset[name] === select.value);
      row.hidden = !(fits && words.every((word) => text.includes(word)));
      shown += row.hidden ? 0 : 1;
    }
    one("#shown").textContent = `${shown} of ${rows.length}`;
    one("#nothing").hidden = shown > 0;
  };

  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(apply));
  apply();

  for (const tally of all("[data-show]")) {
    tally.addEventListener("click", () => {
      form.reset();
      selects.outcome.value = tally.dataset.show;
      selects.level.value = tally.dataset.of;
      setTimeout(apply);
    });
  }

  // A link may lead into something that is folded away or filtered out.
  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    if (target.hidden) form.reset();
    for (let node = target; node; node = node.parentElement) {
      if (node.tagName === "DETAILS") node.open = true;
    }
    target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();

  for (const button of all(".copy")) {
    button.hidden = false;
    const command = button.nextElementSibling;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(command.textContent);
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(command);
        button.textContent = "Selected";
      }
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
  }

  addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || /INPUT|SELECT|TEXTAREA/.test(event.target.tagName)) return;
    event.preventDefault();
    search.focus();
  });

  // Every failure of a requirement is printed; long bodies stay folded, on paper as on screen.
  const closed = () => all(".also:not([open])");
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = closed();
    for (const fold of opened) fold.open = true;
  });
  addEventListener("afterprint", () => {
    for (const fold of opened) fold.open = false;
  });
})();
