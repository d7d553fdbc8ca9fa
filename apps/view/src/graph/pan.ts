// Moves a drawing in its frame by pointer: drag the ground to move it, and turn
// the wheel with Ctrl held (or pinch) to come closer, towards the pointer.

export function pan(zoom: (by: number) => void) {
  return (frame: HTMLElement) => {
    let from: { x: number; y: number; left: number; top: number } | undefined;

    const down = (e: PointerEvent) => {
      if (e.button !== 0 || (e.target as Element).closest("[role=button]") || e.offsetX > frame.clientWidth || e.offsetY > frame.clientHeight) return;
      from = { x: e.clientX, y: e.clientY, left: frame.scrollLeft, top: frame.scrollTop };
      frame.setPointerCapture(e.pointerId);
      frame.classList.add("held");
    };
    const move = (e: PointerEvent) => {
      if (from) frame.scrollTo(from.left + from.x - e.clientX, from.top + from.y - e.clientY);
    };
    const up = () => {
      from = undefined;
      frame.classList.remove("held");
    };
    const wheel = (e: WheelEvent) => {
      if (!e.ctrlKey && !e.metaKey) return;
      e.preventDefault();
      const at = frame.getBoundingClientRect();
      const [x, y] = [e.clientX - at.left, e.clientY - at.top];
      const was = frame.scrollWidth;
      const [left, top] = [frame.scrollLeft + x, frame.scrollTop + y];
      zoom(Math.exp(-e.deltaY / 300));
      requestAnimationFrame(() => {
        const by = frame.scrollWidth / was;
        frame.scrollTo(left * by - x, top * by - y);
      });
    };

    frame.addEventListener("pointerdown", down);
    frame.addEventListener("pointermove", move);
    frame.addEventListener("lostpointercapture", up);
    frame.addEventListener("wheel", wheel, { passive: false });
    return () => {
      frame.removeEventListener("pointerdown", down);
      frame.removeEventListener("pointermove", move);
      frame.removeEventListener("lostpointercapture", up);
      frame.removeEventListener("wheel", wheel);
    };
  };
}
