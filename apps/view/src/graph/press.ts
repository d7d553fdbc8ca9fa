// Makes a shape a button: by pointer, by Enter and by Space.

export const press = (act: () => void) => (at: SVGElement) => {
  const key = (e: KeyboardEvent) => {
    if (e.key !== "Enter" && e.key !== " ") return;
    e.preventDefault();
    act();
  };
  at.addEventListener("click", act);
  at.addEventListener("keydown", key);
  return () => {
    at.removeEventListener("click", act);
    at.removeEventListener("keydown", key);
  };
};
