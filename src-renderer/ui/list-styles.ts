/** Looks of the list: 28 px rows, hairlines, one accent for selection and focus. */
import { makeStyles, tokens } from '@fluentui/react-components';

/** Height of a row and of the header, in pixels; the virtual list counts with it. */
export const rowPixels = 28;

const hairline = `1px solid ${tokens.colorNeutralStroke3}`;

export const useListStyles = makeStyles({
  grid: {
    position: 'relative',
    width: '100%',
    height: '100%',
    overflow: 'auto',
    backgroundColor: tokens.colorNeutralBackground1,
    color: tokens.colorNeutralForeground1,
    fontSize: tokens.fontSizeBase300,
    fontVariantNumeric: 'tabular-nums',
    outlineStyle: 'none',
    // Rows have fixed places; the browser's own anchoring would fight ours.
    overflowAnchor: 'none',
  },
  header: {
    position: 'sticky',
    top: 0,
    zIndex: 1,
    display: 'grid',
    height: `${rowPixels}px`,
    minWidth: '100%',
    width: 'max-content',
    boxSizing: 'border-box',
    paddingLeft: tokens.spacingHorizontalXS,
    paddingRight: tokens.spacingHorizontalXS,
    backgroundColor: tokens.colorNeutralBackground1,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    color: tokens.colorNeutralForeground2,
  },
  headerCell: { position: 'relative', display: 'flex', minWidth: 0 },
  headerButton: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalXS,
    flexGrow: 1,
    minWidth: 0,
    padding: `0 ${tokens.spacingHorizontalS}`,
    border: 'none',
    borderRadius: 0,
    background: 'none',
    color: 'inherit',
    font: 'inherit',
    textAlign: 'start',
    cursor: 'default',
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: '-2px' },
  },
  headerSortable: { cursor: 'pointer', ':hover': { backgroundColor: tokens.colorSubtleBackgroundHover } },
  headerText: { overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' },
  alignEnd: { justifyContent: 'flex-end', textAlign: 'end' },
  grip: {
    position: 'absolute',
    top: '6px',
    bottom: '6px',
    right: 0,
    width: '9px',
    cursor: 'col-resize',
    touchAction: 'none',
    borderRight: `1px solid ${tokens.colorNeutralStroke2}`,
    ':hover': { borderRightColor: tokens.colorNeutralStroke1Hover },
  },
  body: { position: 'relative', minWidth: '100%', width: 'max-content' },
  row: {
    position: 'absolute',
    left: 0,
    minWidth: '100%',
    boxSizing: 'border-box',
    display: 'grid',
    alignItems: 'center',
    height: `${rowPixels}px`,
    paddingLeft: tokens.spacingHorizontalXS,
    paddingRight: tokens.spacingHorizontalXS,
    borderBottom: hairline,
    cursor: 'default',
    userSelect: 'none',
    ':hover': {
      backgroundColor: tokens.colorSubtleBackgroundHover,
      color: tokens.colorNeutralForeground1Hover,
    },
  },
  selected: {
    backgroundColor: tokens.colorNeutralBackground1Selected,
    color: tokens.colorNeutralForeground1Selected,
    ':hover': {
      backgroundColor: tokens.colorNeutralBackground1Selected,
      color: tokens.colorNeutralForeground1Selected,
    },
  },
  selectedFocused: {
    backgroundColor: tokens.colorBrandBackground2,
    color: tokens.colorNeutralForeground1,
    boxShadow: `inset 3px 0 0 ${tokens.colorBrandStroke1}`,
    // Seen in high contrast only, where the tint is no tint.
    outline: `2px solid ${tokens.colorTransparentStrokeInteractive}`,
    outlineOffset: '-2px',
    ':hover': { backgroundColor: tokens.colorBrandBackground2, color: tokens.colorNeutralForeground1 },
  },
  selectedForced: {
    '@media (forced-colors: active)': {
      backgroundColor: 'Highlight',
      color: 'HighlightText',
      forcedColorAdjust: 'none',
      // Else the pointer takes the colour away from the row that was just clicked.
      ':hover': { backgroundColor: 'Highlight', color: 'HighlightText' },
    },
  },
  active: { outline: `1px solid ${tokens.colorStrokeFocus2}`, outlineOffset: '-1px' },
  cell: {
    display: 'block',
    minWidth: 0,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
    padding: `0 ${tokens.spacingHorizontalS}`,
  },
  loading: {
    height: '8px',
    borderRadius: tokens.borderRadiusSmall,
    margin: `0 ${tokens.spacingHorizontalS}`,
    backgroundColor: tokens.colorNeutralBackground4,
  },
  empty: { height: `calc(100% - ${rowPixels}px)`, minHeight: '120px' },
});
