/** One line of text that loses its middle when there is no room: both ends of an address matter. */
import { makeStyles } from '@fluentui/react-components';
import { type ReactElement, useLayoutEffect, useRef, useState } from 'react';
import { fitMiddle } from './format';

const useStyles = makeStyles({
  root: { position: 'relative', display: 'block', overflow: 'hidden', whiteSpace: 'pre' },
  spoken: { position: 'absolute', width: '1px', height: '1px', overflow: 'hidden', clipPath: 'inset(50%)' },
});

export function MiddleText({ text }: { readonly text: string }): ReactElement {
  const styles = useStyles();
  const root = useRef<HTMLSpanElement>(null);
  const [shown, setShown] = useState(text);

  // After every rendering: whatever makes the text bold or its cell narrower renders it again, or resizes it.
  useLayoutEffect(() => {
    const element = root.current;
    if (element === null) return undefined;
    const update = (): void => setShown(fitInto(element, text));
    update();
    const observer = new ResizeObserver(update);
    observer.observe(element);
    return () => observer.disconnect();
  });

  return (
    <span ref={root} className={styles.root}>
      {shown === text ? (
        text
      ) : (
        <>
          <span aria-hidden>{shown}</span>
          <span className={styles.spoken}>{text}</span>
        </>
      )}
    </span>
  );
}

let canvas: CanvasRenderingContext2D | null | undefined;

function fitInto(element: HTMLElement, text: string): string {
  canvas ??= document.createElement('canvas').getContext('2d');
  const brush = canvas;
  if (!brush) return text;
  // Not `font`: it is empty where one of its parts, such as tabular figures, has no place in it.
  const { fontStyle, fontWeight, fontSize, fontFamily } = getComputedStyle(element);
  brush.font = `${fontStyle} ${fontWeight} ${fontSize} ${fontFamily}`;
  return fitMiddle(text, element.clientWidth, (part) => brush.measureText(part).width);
}
