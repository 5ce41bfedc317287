/**
 * Two panes with a separator that mouse and keyboard move (WAI-ARIA window splitter). The size belongs to the
 * first pane, in pixels, and is remembered under `id`; the second pane takes the rest.
 */
import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import type { KeyboardEvent, PointerEvent, ReactElement, ReactNode } from 'react';
import { useId, useRef, useState } from 'react';
import { isFiniteNumber, recall, remember } from './remembered';

export interface SplitPaneProps {
  /** horizontal: side by side; vertical: one above the other. */
  readonly direction: 'horizontal' | 'vertical';
  /** The size is remembered under this name. */
  readonly id: string;
  readonly first: ReactNode;
  readonly second: ReactNode;
  /** Pixels of the first pane. */
  readonly defaultSize: number;
  readonly minSize: number;
  readonly maxSize?: number;
  /** For the screen reader. Default: "Resize". */
  readonly label?: string;
}

const stepPixels = 16;
/** The second pane never disappears, whatever was remembered on a larger screen. */
const minRestPixels = 120;

const useStyles = makeStyles({
  root: { display: 'flex', width: '100%', height: '100%', minWidth: 0, minHeight: 0 },
  vertical: { flexDirection: 'column' },
  first: { overflow: 'hidden', minWidth: 0, minHeight: 0, flexShrink: 1, flexGrow: 0 },
  second: { overflow: 'hidden', flexGrow: 1, flexShrink: 1, flexBasis: 0 },
  secondBeside: { minWidth: `${minRestPixels}px` },
  secondBelow: { minHeight: `${minRestPixels}px` },
  separator: {
    position: 'relative',
    flexShrink: 0,
    backgroundColor: tokens.colorNeutralStroke2,
    touchAction: 'none',
    outlineStyle: 'none',
    // The hairline is one pixel, the part that can be caught is nine.
    '::after': { content: '""', position: 'absolute', zIndex: 1 },
    ':hover': { backgroundColor: tokens.colorNeutralStroke1Hover },
    ':focus-visible': {
      backgroundColor: tokens.colorBrandStroke1,
      boxShadow: `0 0 0 1px ${tokens.colorBrandStroke1}`,
    },
    '@media (forced-colors: active)': { backgroundColor: 'CanvasText' },
  },
  separatorBeside: {
    width: '1px',
    cursor: 'col-resize',
    '::after': { top: 0, bottom: 0, left: '-4px', right: '-4px' },
  },
  separatorBelow: {
    height: '1px',
    cursor: 'row-resize',
    '::after': { left: 0, right: 0, top: '-4px', bottom: '-4px' },
  },
});

const clamp = (value: number, min: number, max: number): number =>
  Math.min(Math.max(value, min), Math.max(min, max));

export function SplitPane(props: SplitPaneProps): ReactElement {
  const { direction, id, first, second, defaultSize, minSize, maxSize = 10_000, label = 'Resize' } = props;
  const styles = useStyles();
  const isBeside = direction === 'horizontal';
  const root = useRef<HTMLDivElement>(null);
  const paneId = useId();
  const [size, setSize] = useState(() =>
    clamp(recall(`split.${id}`, isFiniteNumber) ?? defaultSize, minSize, maxSize),
  );
  const drag = useRef<{ readonly start: number; readonly size: number } | undefined>(undefined);

  /** The largest size that leaves the second pane its minimum. */
  const limit = (): number => {
    const box = root.current?.getBoundingClientRect();
    const whole = box === undefined ? Number.POSITIVE_INFINITY : isBeside ? box.width : box.height;
    return Math.min(maxSize, whole - minRestPixels);
  };
  const resize = (wanted: number, isFinal: boolean): void => {
    const next = Math.round(clamp(wanted, minSize, limit()));
    setSize(next);
    if (isFinal) remember(`split.${id}`, next);
  };
  const at = (event: PointerEvent): number => (isBeside ? event.clientX : event.clientY);

  const onPointerDown = (event: PointerEvent<HTMLDivElement>): void => {
    if (event.button !== 0) return;
    event.preventDefault();
    event.currentTarget.focus();
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = { start: at(event), size: Math.min(size, Math.max(minSize, limit())) };
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>): void => {
    if (drag.current) resize(drag.current.size + at(event) - drag.current.start, false);
  };
  const onPointerEnd = (): void => {
    if (!drag.current) return;
    drag.current = undefined;
    remember(`split.${id}`, size);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step: Record<string, number> = isBeside
      ? { ArrowLeft: -stepPixels, ArrowRight: stepPixels }
      : { ArrowUp: -stepPixels, ArrowDown: stepPixels };
    const delta = step[event.key];
    if (delta !== undefined) resize(size + delta, true);
    else if (event.key === 'Home') resize(minSize, true);
    else if (event.key === 'End') resize(limit(), true);
    else if (event.key === 'Enter') resize(defaultSize, true);
    else return;
    event.preventDefault();
  };

  return (
    <div ref={root} className={mergeClasses(styles.root, !isBeside && styles.vertical)}>
      <div id={paneId} className={styles.first} style={{ flexBasis: size }}>
        {first}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a focusable separator is a widget; <hr> cannot be one. */}
      <div
        role="separator"
        tabIndex={0}
        aria-label={label}
        aria-controls={paneId}
        aria-orientation={isBeside ? 'vertical' : 'horizontal'}
        aria-valuenow={size}
        aria-valuemin={minSize}
        aria-valuemax={Math.max(maxSize, size)}
        className={mergeClasses(styles.separator, isBeside ? styles.separatorBeside : styles.separatorBelow)}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerEnd}
        onPointerCancel={onPointerEnd}
        onDoubleClick={() => resize(defaultSize, true)}
        onKeyDown={onKeyDown}
      />
      <div className={mergeClasses(styles.second, isBeside ? styles.secondBeside : styles.secondBelow)}>
        {second}
      </div>
    </div>
  );
}
