// Makes a shape a button: by pointer, by Enter and by Space. What else may be
// done with it comes by the second button of the pointer, and by the key m.

export const press = (act: () => void, more?: () => void) => (at: SVGElement) => {
  const key = (e: KeyboardEvent) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key === "Enter" || e.key === " ") act();
    else if (e.key === "m" && more) more();
    else return;
    e.preventDefault();
  };
  const menu = (e: MouseEvent) => {
    if (!more) return;
    e.preventDefault();
    more();
  };
  at.addEventListener("click", act);
  at.addEventListener("keydown", key);
  at.addEventListener("contextmenu", menu);
  return () => {
    at.removeEventListener("click", act);
    at.removeEventListener("keydown", key);
    at.removeEventListener("contextmenu", menu);
  };
};
