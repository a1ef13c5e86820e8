import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { type BuildOptions, build, type OutputFile, stop } from 'esbuild'
import { type Estatico, type Paquete, RUTA } from './paquete.ts'

const TIPOS: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  json: 'application/json',
  woff2: 'font/woff2',
  png: 'image/png',
  webp: 'image/webp',
}
const COMPRIMIBLES = ['js', 'css', 'svg', 'json']
const LETRA = '@fontsource-variable/figtree/index.css'

let construcciones = 0

/** esbuild deja un proceso a la espera de la siguiente construcción: aquí no la hay, y se despide con la última. */
const construir = async (opciones: BuildOptions): Promise<readonly OutputFile[]> => {
  construcciones++
  try {
    return (await build({ ...opciones, write: false })).outputFiles
  } finally {
    if (--construcciones === 0) await stop()
  }
}

/**
 * Arma la página de `vistas` (`entrada.tsx` y `estilos.css`): un guion, sus estilos y su letra, cada archivo con la huella de su contenido
 * en el nombre. Se hace al arrancar: no hay un paso de construcción que recordar. Sólo las imágenes la traen ya armada (`armar.ts`).
 */
export const empaquetar = async (vistas: string): Promise<Paquete> => {
  const outputFiles = await construir({
    entryPoints: { entrada: join(vistas, 'entrada.tsx'), estilos: join(vistas, 'estilos.css'), letra: LETRA },
    absWorkingDir: import.meta.dirname,
    outdir: join(import.meta.dirname, 'salida'),
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['es2022'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    define: { 'process.env.NODE_ENV': '"production"' },
    entryNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    publicPath: RUTA,
    loader: { '.woff2': 'file', '.svg': 'file', '.png': 'file', '.webp': 'file' },
    legalComments: 'none',
    logLevel: 'silent',
  })
  const archivos = await Promise.all(outputFiles.map(({ path, contents }) => comprimir(basename(path), Buffer.from(contents))))
  const nombres = archivos.map(({ nombre }) => nombre)
  const llamado = (prefijo: string) => nombres.find((nombre) => nombre.startsWith(prefijo))
  return {
    archivos: new Map(archivos.map((archivo) => [archivo.nombre, archivo])),
    guion: nombres.find((nombre) => /^entrada-.*\.js$/.test(nombre)) ?? '',
    // Los de `entrada` son los que importa algún componente.
    estilos: [llamado('letra-'), llamado('estilos-'), nombres.find((nombre) => /^entrada-.*\.css$/.test(nombre))].filter(
      (uno) => uno !== undefined,
    ),
    letra: llamado('figtree-latin-wght-normal-'),
  }
}

const comprimirGzip = promisify(gzip)
const comprimirBrotli = promisify(brotliCompress)

const comprimir = async (nombre: string, contenido: Buffer): Promise<Estatico> => {
  const extension = nombre.split('.').at(-1) ?? ''
  const archivo = { nombre, contenido, tipo: TIPOS[extension] ?? 'application/octet-stream' }
  if (!COMPRIMIBLES.includes(extension)) return archivo
  const [br, gz] = await Promise.all([
    comprimirBrotli(contenido, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
    comprimirGzip(contenido, { level: 9 }),
  ])
  return { ...archivo, br, gzip: gz }
}
