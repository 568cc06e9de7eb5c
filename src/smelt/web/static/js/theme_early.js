// Sets the theme before the first paint; a classic script so that nothing flashes.
(() => {
  const asked = localStorage.getItem("smelt-theme");
  const dark = asked ? asked === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
