/** The record of changes on the command line. */
import type { ChangeRow, ValueChange } from '../../api/contract';
import type { CommandSpec } from '../command';
import { describeRest, pageOptions, readPage } from '../paging';
import { cleanText, formatTime } from '../text-table';

const describeValue = (value: string | undefined): string =>
  value === undefined ? '(none)' : value === '' ? '(empty)' : value;

const describeChange = ({ field, before, after }: ValueChange): string =>
  `    ${field}: ${describeValue(before)} -> ${describeValue(after)}`;

function describeRow({ at, who, via, action, subject, changes = [] }: ChangeRow): string {
  const head = `${formatTime(at)}  ${who} (${via})  ${action}${subject === '' ? '' : `: ${subject}`}`;
  return [head, ...changes.map(describeChange)].map(cleanText).join('\n');
}

export const changesCommand: CommandSpec = {
  name: 'changes',
  summary: 'who changed what, and when; the newest first',
  options: [{ flags: '--filter <text>', text: 'part of a name, a setting or a value' }, ...pageOptions],
  async run(context, _, options) {
    const page = readPage(options);
    const filter = options.text('filter');
    const client = await context.connect();
    const result = await client.changes.list({ ...page, ...(filter === undefined ? {} : { filter }) });
    context.show(result, () =>
      result.rows.length === 0
        ? 'No changes are recorded.'
        : result.rows.map(describeRow).join('\n') + describeRest(page, result.rows.length, result.total),
    );
  },
};
