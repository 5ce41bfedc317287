/** Reads the lines of the source that are in view, a block at a time, and keeps the last few blocks. */
import { useEffect, useMemo, useRef, useState } from 'react';
import type { OpenMail, SourceLine } from './mail-reader';
import {
  cutPieces,
  type LineStarts,
  lineAt as lineOf,
  mapRows,
  maxOpenedBytes,
  type OpenedLine,
  type SourceRow,
} from './source-lines';

const blockLines = 200;
const maxBlocks = 60;

export interface SourceReading {
  /** undefined until they are counted. */
  readonly lineCount: number | undefined;
  readonly rowCount: number;
  /** undefined: it is being read, and the page is drawn again when it is there. */
  readonly rowAt: (row: number) => SourceRow | undefined;
  /** Shows the rest of a long line. */
  readonly openLine: (line: number) => Promise<void>;
  /** Row of a byte; opens the line where it is hidden. */
  readonly reveal: (offset: number) => Promise<number>;
}

type Block = readonly SourceLine[] | 'reading';

export function useSourceReading(mail: OpenMail): SourceReading {
  const [starts, setStarts] = useState<LineStarts>();
  const lineCount = starts?.starts.length;
  const [opened, setOpened] = useState<readonly OpenedLine[]>([]);
  const [, redraw] = useState(0);
  const blocks = useRef(new Map<number, Block>());
  useEffect(() => {
    let isWanted = true;
    blocks.current = new Map();
    setOpened([]);
    setStarts(undefined);
    mail.lineStarts().then(
      (found) => isWanted && setStarts(found),
      () => undefined,
    );
    return () => {
      isWanted = false;
    };
  }, [mail]);
  const rows = useMemo(() => mapRows(lineCount ?? 0, opened), [lineCount, opened]);

  const readBlock = (index: number): void => {
    const { current } = blocks;
    current.set(index, 'reading');
    for (const oldest of current.keys()) {
      if (current.size <= maxBlocks) break;
      current.delete(oldest);
    }
    mail.readLines(index * blockLines, blockLines).then(
      (lines) => {
        if (blocks.current !== current) return;
        current.set(index, lines);
        redraw((turn) => turn + 1);
      },
      // The message was closed: nobody looks.
      () => undefined,
    );
  };
  const lineAt = (line: number): SourceLine | undefined => {
    const index = Math.floor(line / blockLines);
    const block = blocks.current.get(index);
    if (block === undefined) readBlock(index);
    return block === undefined || block === 'reading' ? undefined : block[line % blockLines];
  };
  const openFrom = async ({ line, end, hiddenBytes }: SourceLine): Promise<readonly OpenedLine[]> => {
    const start = end - hiddenBytes;
    const bytes = await mail.readBytes(start, Math.min(end, start + maxOpenedBytes));
    const next = [...opened.filter((each) => each.line !== line), { line, pieces: cutPieces(bytes, start) }];
    setOpened(next);
    return next;
  };
  const readLine = async (line: number): Promise<SourceLine | undefined> =>
    lineAt(line) ?? (await mail.readLines(line, 1))[0];
  return {
    lineCount,
    rowCount: rows.rowCount,
    rowAt: (row) => {
      const { line, piece } = rows.placeOf(row);
      const read = lineAt(line);
      if (read === undefined) return undefined;
      const pieces = opened.find((each) => each.line === line)?.pieces;
      if (piece === 0) {
        const end = read.end - read.hiddenBytes;
        return {
          text: read.text,
          number: line + 1,
          line,
          start: read.start,
          end,
          hiddenBytes: pieces === undefined ? read.hiddenBytes : 0,
        };
      }
      const shown = pieces?.[piece - 1];
      if (shown === undefined) return undefined;
      const isLast = piece === pieces?.length;
      return { ...shown, number: undefined, line, hiddenBytes: isLast ? read.end - shown.end : 0 };
    },
    openLine: async (line) => {
      const read = await readLine(line);
      if (read !== undefined) await openFrom(read);
    },
    reveal: async (offset) => {
      if (starts === undefined) return 0;
      const line = lineOf(starts, offset);
      const read = await readLine(line);
      const isHidden = read !== undefined && read.hiddenBytes > 0 && offset >= read.end - read.hiddenBytes;
      const isOpen = opened.some((each) => each.line === line);
      if (!isHidden || isOpen || read === undefined) return rows.rowOf(line, offset);
      return mapRows(lineCount ?? 0, await openFrom(read)).rowOf(line, offset);
    },
  };
}
