/** What an attachment could do when it is opened, in words. Judged by name and type; nothing is executed here. */

const programs =
  'exe com scr pif bat cmd msi msix appx cpl dll sys ocx jar app command pkg dmg deb rpm run appimage apk bin elf';
const scripts =
  'js jse mjs vbs vbe wsf wsh hta ps1 psm1 psd1 sh bash py pl rb php reg inf scf sct msc chm lnk url desktop website gadget application jnlp xll';
const macros = 'docm dotm xlsm xltm xlam pptm potm ppam ppsm sldm doc xls ppt rtf one onepkg mdb accdb';
const containers = 'iso img vhd vhdx zip rar 7z cab gz tgz tar ace arj';
const pages = 'html htm shtml xhtml svg mht mhtml xml xsl';

const words: readonly (readonly [ReadonlySet<string>, string])[] = [
  [setOf(programs), 'A program. It runs when it is opened.'],
  [setOf(scripts), 'A script or shortcut. It can run commands when it is opened.'],
  [setOf(macros), 'A document that can contain macros.'],
  [setOf(pages), 'A page that can contain scripts.'],
  [setOf(containers), 'An archive or disk image. Its content was not looked at.'],
];

const riskyTypes =
  /^application\/(?:x-msdownload|x-msdos-program|x-sh|x-bat|java-archive|hta|javascript|x-ms-shortcut)/;

function setOf(list: string): ReadonlySet<string> {
  return new Set(list.split(' '));
}

/** A sentence, or undefined when there is nothing to say. */
export function describeRisk(name: string, type: string): string | undefined {
  // Trailing dots and spaces vanish on Windows: "a.exe. " is a program.
  const extensions = name
    .toLowerCase()
    .replace(/[\s.]+$/, '')
    .split('.')
    .slice(1);
  const last = extensions.at(-1) ?? '';
  const found = words.find(([set]) => set.has(last))?.[1];
  const disguise = extensions.length > 1 && isDocument(extensions.at(-2) ?? '') && isActive(last);
  if (disguise) return `${found ?? ''} Its name imitates a document.`.trim();
  if (found !== undefined) return found;
  return riskyTypes.test(type) ? 'A program, by its declared type.' : undefined;
}

function isDocument(extension: string): boolean {
  return /^(?:pdf|docx?|xlsx?|pptx?|txt|jpe?g|png|gif|csv)$/.test(extension);
}

function isActive(extension: string): boolean {
  return words.slice(0, 2).some(([set]) => set.has(extension));
}
