/**
 * Export List: the rows of the list on the page, as a text file. Reads them page by page, shows how far it is,
 * and can be stopped; nothing is saved then.
 */
import {
  Button,
  Checkbox,
  Field,
  MessageBar,
  MessageBarBody,
  makeStyles,
  ProgressBar,
  Radio,
  RadioGroup,
  tokens,
} from '@fluentui/react-components';
import { type ReactElement, useEffect, useRef, useState } from 'react';
import { readFault, useHost } from '../client';
import { plural } from '../client/words';
import { announce } from '../ui/announcer';
import { FormDialog } from '../ui/form-dialog';
import {
  collectRows,
  type ExportFormat,
  type ExportSource,
  encodeText,
  exportFormats,
  extensionOf,
  formatRows,
} from '../ui/list-export';
import { useListOnPage } from '../ui/list-on-page';
import { cleanFileName, downloadBytes } from '../ui/save-file';
import { closeDialog } from './console-store';

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalL },
  checkbox: { marginInlineStart: '-8px' },
});

const formatTitles: Record<ExportFormat, string> = {
  comma: 'Text (comma delimited), for spreadsheets',
  tab: 'Text (tab delimited)',
};

interface Progress {
  readonly done: number;
  readonly total: number;
}

/** @param owner whose list it is: the virtual server's or the computer's name */
export function ExportListDialog({ owner }: { readonly owner: string }): ReactElement {
  const styles = useStyles();
  const save = useSave();
  // The list may change or go while the dialog is up: what is exported is what was there when it opened.
  const [source] = useState<ExportSource | undefined>(() => useListOnPage.getState().list?.exportSource());
  const selectedCount = source?.selectedKeys.size ?? 0;
  const [format, setFormat] = useState<ExportFormat>('comma');
  const [hasMark, setHasMark] = useState(true);
  const [isOnlySelected, setIsOnlySelected] = useState(selectedCount > 1);
  const [progress, setProgress] = useState<Progress>();
  const [fault, setFault] = useState<string>();
  const stop = useRef<AbortController>(undefined);
  useEffect(() => () => stop.current?.abort(), []);

  const start = async (from: ExportSource): Promise<void> => {
    const control = new AbortController();
    stop.current = control;
    setFault(undefined);
    setProgress({ done: 0, total: from.total });
    try {
      const rows = await collectRows(from, {
        ...(isOnlySelected ? { onlyKeys: from.selectedKeys } : {}),
        signal: control.signal,
        onProgress: (done, total) => setProgress({ done, total }),
      });
      control.signal.throwIfAborted();
      const bytes = encodeText(formatRows(from.titles, rows, format), hasMark);
      const isSaved = await save(`${from.label} of ${owner}.${extensionOf(format)}`, bytes);
      setProgress(undefined);
      if (!isSaved) return;
      announce(`${plural(rows.length, 'row')} exported.`);
      closeDialog();
    } catch (error) {
      setProgress(undefined);
      if (!control.signal.aborted) setFault(readFault(error).text);
    }
  };

  const isBusy = progress !== undefined;
  const leave = (): void => {
    if (isBusy) stop.current?.abort();
    else closeDialog();
  };
  return (
    <FormDialog
      title={`Export List: ${source?.label ?? ''}`}
      size="small"
      isDirty={false}
      onSubmit={() => source !== undefined && !isBusy && void start(source)}
      onClose={leave}
      buttons={[
        <Button
          key="ok"
          type="submit"
          appearance="primary"
          disabledFocusable={source === undefined || isBusy}
        >
          Export
        </Button>,
        <Button key="cancel" onClick={leave}>
          {isBusy ? 'Stop' : 'Cancel'}
        </Button>,
      ]}
    >
      <div className={styles.root}>
        <Field label="Format">
          <RadioGroup
            value={format}
            disabled={isBusy}
            onChange={(_, data) => {
              const chosen = exportFormats.find((each) => each === data.value) ?? 'comma';
              setFormat(chosen);
              setHasMark(chosen === 'comma');
            }}
          >
            {exportFormats.map((each) => (
              <Radio key={each} value={each} label={formatTitles[each]} />
            ))}
          </RadioGroup>
        </Field>
        <Field label="Rows">
          <RadioGroup
            value={isOnlySelected ? 'selected' : 'all'}
            disabled={isBusy}
            onChange={(_, data) => setIsOnlySelected(data.value === 'selected')}
          >
            <Radio value="all" label={`All ${plural(source?.total ?? 0, 'row')}`} />
            <Radio
              value="selected"
              disabled={selectedCount === 0}
              label={
                selectedCount === 0 ? 'Rows selected (none)' : `${plural(selectedCount, 'row')} selected`
              }
            />
          </RadioGroup>
        </Field>
        <Field hint="The text is UTF-8. Excel shows it right only with this mark; most other programs need none.">
          <Checkbox
            className={styles.checkbox}
            label="Begin with a byte order mark"
            checked={hasMark}
            disabled={isBusy}
            onChange={(_, data) => setHasMark(data.checked === true)}
          />
        </Field>
        {progress !== undefined && (
          <Field
            validationState="none"
            validationMessage={`${progress.done.toLocaleString()} of ${plural(progress.total, 'row')} read`}
          >
            <ProgressBar
              aria-label="Rows read"
              value={progress.total === 0 ? 0 : progress.done / progress.total}
            />
          </Field>
        )}
        {fault !== undefined && (
          <MessageBar intent="error">
            <MessageBarBody>{fault}</MessageBarBody>
          </MessageBar>
        )}
      </div>
    </FormDialog>
  );
}

/** Resolves to false when the person cancelled the system's dialog. */
function useSave(): (name: string, bytes: Uint8Array<ArrayBuffer>) => Promise<boolean> {
  const host = useHost();
  return async (name, bytes) => {
    const cleaned = cleanFileName(name, 'List.csv');
    if (host !== undefined) return host.saveFile(cleaned, bytes);
    downloadBytes(cleaned, bytes);
    return true;
  };
}
