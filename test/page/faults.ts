/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/** Functions that run inside the page, so that they can use nothing from outside of them. */

/** Elements that reach beyond the window, and texts that are cut off. */
export function layoutFaults(): string[] {
  const faults: string[] = [];
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width)
    faults.push(`the page is ${document.documentElement.scrollWidth} wide, the window ${width}`);
  for (const element of document.querySelectorAll('body *')) {
    if (element.closest('.scroll, .streams > thead') !== null) continue;
    if (element.closest('svg') !== null && element.tagName !== 'svg') continue;
    const { left, right } = element.getBoundingClientRect();
    const name = `${element.tagName}.${element.getAttribute('class') ?? ''}`;
    if (left < -0.5 || right > width + 0.5) faults.push(`${name} reaches from ${left} to ${right}`);
    if (element instanceof HTMLElement && element.scrollWidth > element.clientWidth + 1) {
      if (getComputedStyle(element).display !== 'inline')
        faults.push(`${name} is cut off: ${element.textContent.trim().slice(0, 60)}`);
    }
  }
  return [...new Set(faults)];
}

/** Texts with too little contrast (WCAG 2, AA: 4.5). */
export function contrastFaults(): string[] {
  const luminance = ([red, green, blue]: number[]): number => {
    const [r = 0, g = 0, b = 0] = [red, green, blue].map((value = 0) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const numbers = (color: string): number[] => (color.match(/[\d.]+/g) ?? []).map(Number);
  const faults = new Set<string>();
  for (const element of document.querySelectorAll('body, body *')) {
    const hasText = [...element.childNodes].some(
      (node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim() !== '',
    );
    if (!hasText) continue;
    let ground: Element | null = element;
    const isClear = (one: Element): boolean =>
      numbers(getComputedStyle(one).backgroundColor)[3] === 0;
    while (ground !== null && isClear(ground)) ground = ground.parentElement;
    const back =
      ground === null ? [255, 255, 255] : numbers(getComputedStyle(ground).backgroundColor);
    const [low = 0, high = 0] = [
      luminance(back),
      luminance(numbers(getComputedStyle(element).color)),
    ].toSorted((a, b) => a - b);
    const contrast = (high + 0.05) / (low + 0.05);
    if (contrast < 4.5)
      faults.add(
        `${element.tagName}.${element.getAttribute('class') ?? ''}: ${contrast.toFixed(2)}`,
      );
  }
  return [...faults];
}

/** Opens what can be opened. */
export function openAll(): void {
  for (const details of document.querySelectorAll('details')) details.open = true;
}
