/** Makes one program of a child's source, which a test then kills at will: engine parts without the rest of the service. */
import { join, resolve } from 'node:path';
import { build } from 'vite';

/** @returns path of the program, in `folder` */
export async function buildChild(name: string, folder: string): Promise<string> {
  const fileName = `${name}.cjs`;
  await build({
    configFile: false,
    logLevel: 'warn',
    ssr: { target: 'node', noExternal: true },
    build: {
      ssr: true,
      outDir: folder,
      emptyOutDir: false,
      copyPublicDir: false,
      target: 'node20',
      minify: false,
      rolldownOptions: {
        input: resolve(import.meta.dirname, `${name}.ts`),
        platform: 'node',
        output: { format: 'cjs', entryFileNames: fileName, codeSplitting: false },
      },
    },
  });
  return join(folder, fileName);
}
