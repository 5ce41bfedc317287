import { describe, expect, it } from 'vitest';
import { describeAttachments } from '../../../../src-renderer/mail-inspector/message-summary';

const attachment = (name: string, part: object = {}) => ({
  part: 1,
  name,
  type: 'application/pdf',
  contentId: '',
  disposition: 'attachment',
  sizeBytes: 12 * 1024,
  isInline: false,
  ...part,
});

describe('attachments in the head of a message', () => {
  it('are named with their size, and none says nothing', () => {
    expect(describeAttachments([])).toBe('');
    expect(describeAttachments([attachment('a.pdf')])).toBe(' · 1 attachment: a.pdf (12.0 KB)');
  });
  it('are no pictures that the HTML shows', () => {
    expect(describeAttachments([attachment('logo.png', { isInline: true })])).toBe('');
  });
  it('are a few of many, and those without a name have their type', () => {
    const all = ['', 'b', 'c', 'd'].map((name) => attachment(name));
    expect(describeAttachments(all)).toBe(
      ' · 4 attachments: application/pdf (12.0 KB), b (12.0 KB), c (12.0 KB), …',
    );
  });
});
