/** Looks that the Checks and Authentication tabs share. */
import { makeStyles, tokens } from '@fluentui/react-components';

export const useCheckStyles = makeStyles({
  body: { padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM} ${tokens.spacingVerticalXL}` },
  section: { marginTop: tokens.spacingVerticalL, maxWidth: '110ch' },
  title: {
    margin: `0 0 ${tokens.spacingVerticalXS}`,
    fontSize: tokens.fontSizeBase300,
    fontWeight: tokens.fontWeightSemibold,
  },
  quiet: { color: tokens.colorNeutralForeground2 },
  row: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalS, flexWrap: 'wrap' },
  icon: { fontSize: '16px', flexShrink: 0, display: 'inline-flex' },
  bad: { color: tokens.colorPaletteRedForeground1 },
  doubtful: { color: tokens.colorPaletteMarigoldForeground1 },
  good: { color: tokens.colorPaletteGreenForeground1 },
  neutral: { color: tokens.colorNeutralForeground3 },
  gap: { marginBottom: tokens.spacingVerticalS },
});
