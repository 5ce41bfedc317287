/** Fluent's themes with the console's denser type, and which of them is in force. */
import { type Theme, teamsHighContrastTheme, webDarkTheme, webLightTheme } from '@fluentui/react-components';
import { useSyncExternalStore } from 'react';
import type { ThemeChoice } from './console-store';

const typography = {
  fontFamilyBase:
    "'Segoe UI Variable Text', 'Segoe UI', system-ui, -apple-system, 'Noto Sans', 'DejaVu Sans', sans-serif",
  fontFamilyMonospace: "'Cascadia Mono', Consolas, 'SF Mono', Menlo, 'DejaVu Sans Mono', monospace",
  fontSizeBase300: '13px',
  lineHeightBase300: '18px',
};

const themes = {
  light: { ...webLightTheme, ...typography },
  dark: { ...webDarkTheme, ...typography },
  'high-contrast': { ...teamsHighContrastTheme, ...typography },
} satisfies Record<string, Theme>;

function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const media = window.matchMedia(query);
      media.addEventListener('change', listener);
      return () => media.removeEventListener('change', listener);
    },
    () => window.matchMedia(query).matches,
  );
}

export interface ThemeInForce {
  readonly theme: Theme;
  /** For the browser's own parts: scroll bars, number fields. */
  readonly scheme: 'light' | 'dark';
}

export function useTheme(choice: ThemeChoice): ThemeInForce {
  const isDark = useMedia('(prefers-color-scheme: dark)');
  const isForced = useMedia('(forced-colors: active)');
  const name = choice === 'system' ? (isDark ? 'dark' : 'light') : choice;
  // The system's own forced colours win over Fluent's tokens by themselves; only the scheme must fit them.
  return {
    theme: themes[name],
    scheme: isForced ? (isDark ? 'dark' : 'light') : name === 'light' ? 'light' : 'dark',
  };
}
