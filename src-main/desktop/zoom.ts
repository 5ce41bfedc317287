/** How large the window's content is. A level of Electron is a fifth more than the one below; 0 is its own size. Pure. */
import type { ZoomStep } from '../api/contract/host';

/** About 40 % and 300 %: beyond these nothing can be read or reached. */
const minLevel = -5;
const maxLevel = 6;
const stepLevels = 0.5;

/** A remembered or asked level that can be used. */
export const boundZoomLevel = (level: number): number => Math.min(maxLevel, Math.max(minLevel, level));

export function zoomLevelAfter(level: number, step: ZoomStep): number {
  if (step === 'reset') return 0;
  return boundZoomLevel(level + (step === 'in' ? stepLevels : -stepLevels));
}
