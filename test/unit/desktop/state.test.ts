import { describe, expect, it, vi } from 'vitest';
import { parseDesktopState } from '../../../src-main/desktop/state';

// It asks for Electron, which is not here.
vi.mock('electron-store', () => ({ default: class {} }));

describe('what the desktop remembers', () => {
  const window = { x: 10, y: -20, width: 1280, height: 800 };

  it('comes back as it was', () => {
    const state = { window, isMaximised: true, hasSeenClosedHint: true };
    expect(parseDesktopState(state)).toEqual(state);
  });

  it.each([null, 5, 'maximised', [], { window: null }, { window: { ...window, width: '100%' } }])(
    'does without what cannot be used: %j',
    (value) => {
      expect(parseDesktopState(value).window).toBeUndefined();
    },
  );

  it('keeps the rest where one thing is damaged', () => {
    expect(parseDesktopState({ window: 'left', hasSeenClosedHint: true }).hasSeenClosedHint).toBe(true);
  });
});
