#!/usr/bin/env node
/**
 * Draws the pictures in assets/ from its two SVG files: the application icon in all sizes and as icon.ico, and
 * the tray picture of each state. The results are committed; run this after changing a drawing.
 *
 * Needs Chromium (Debian package chromium); says so and changes nothing without it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { findCommand, root } from './process.mjs';

const iconSizes = [16, 24, 32, 48, 64, 128, 256, 512];
const trayStates = {
  running: { tile: '#0f6cbd', badge: '<path d="M18.5 16.5v11l9-5.5z"/>' },
  paused: {
    tile: '#8a5a00',
    badge: '<rect x="17.5" y="17" width="3.6" height="10"/><rect x="23" y="17" width="3.6" height="10"/>',
  },
  stopped: { tile: '#5c5c5c', badge: '<rect x="17.5" y="17.5" width="9" height="9"/>' },
  failed: {
    tile: '#b10e1c',
    badge: '<path d="M18 18l8 8M26 18l-8 8" stroke="TILE" stroke-width="3.4" stroke-linecap="round"/>',
  },
};

const executablePath = findCommand('chromium') ?? findCommand('google-chrome');
if (!executablePath) {
  console.error('icons: no Chromium (Debian package chromium)');
  process.exit(1);
}
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
try {
  const page = await browser.newPage();
  const draw = async (svg, size) => {
    await page.setViewportSize({ width: size, height: size });
    await page.setContent(
      `<style>*{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`,
    );
    return page.screenshot({ omitBackground: true });
  };
  const save = (name, bytes) => writeFileSync(join(root, 'assets', name), bytes);

  const icon = readFileSync(join(root, 'assets/icon.svg'), 'utf8');
  const pictures = new Map();
  for (const size of iconSizes) pictures.set(size, await draw(icon, size));
  for (const [size, png] of pictures) save(`icons/${size}x${size}.png`, png);
  save('icon.png', pictures.get(512));
  save('icon-256.png', pictures.get(256));
  save(
    'icon.ico',
    icoFile(iconSizes.filter((size) => size <= 256).map((size) => [size, pictures.get(size)])),
  );

  const tray = readFileSync(join(root, 'assets/tray.svg'), 'utf8').replace(/<!--.*?-->/s, '');
  for (const [state, { tile, badge }] of Object.entries(trayStates)) {
    const svg = tray.replace('BADGE', badge).replaceAll('TILE', tile);
    save(`tray-${state}.png`, await draw(svg, 16));
    save(`tray-${state}@2x.png`, await draw(svg, 32));
  }
} finally {
  await browser.close();
}

/** A Windows icon file whose pictures are PNG, which Windows reads since Vista. */
function icoFile(images) {
  const header = Buffer.alloc(6 + 16 * images.length);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(images.length, 4);
  let offset = header.length;
  images.forEach(([size, png], index) => {
    const entry = 6 + 16 * index;
    // One byte a side: 256 is written as 0.
    header.writeUInt8(size % 256, entry);
    header.writeUInt8(size % 256, entry + 1);
    header.writeUInt16LE(1, entry + 4);
    header.writeUInt16LE(32, entry + 6);
    header.writeUInt32LE(png.length, entry + 8);
    header.writeUInt32LE(offset, entry + 12);
    offset += png.length;
  });
  return Buffer.concat([header, ...images.map(([, png]) => png)]);
}
