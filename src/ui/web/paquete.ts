import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Un archivo de la página, con su nombre definitivo y, si vale la pena, ya comprimido. */
export type Estatico = Readonly<{ nombre: string; tipo: string; contenido: Buffer; br?: Buffer; gzip?: Buffer }>

export type Paquete = Readonly<{
  archivos: ReadonlyMap<string, Estatico>
  /** Los nombres de lo que la página enlaza. */
  guion: string
  estilos: readonly string[]
  letra: string | undefined
}>

/** Donde se sirve cada archivo. */
export const RUTA = '/estaticos'

const INDICE = 'paquete.json'

type Indice = Readonly<{
  archivos: readonly Readonly<{ nombre: string; tipo: string; comprimido: boolean }>[]
  enlaces: Omit<Paquete, 'archivos'>
}>

/** Deja la página en `carpeta`, que crea: cada archivo, sus versiones comprimidas y un índice. */
export const guardarPaquete = async (carpeta: string, { archivos, ...enlaces }: Paquete): Promise<void> => {
  await mkdir(carpeta, { recursive: true })
  for (const { nombre, contenido, br, gzip } of archivos.values())
    for (const [final, bytes] of [['', contenido] as const, ['.br', br] as const, ['.gz', gzip] as const])
      if (bytes !== undefined) await writeFile(join(carpeta, nombre + final), bytes)
  const lista = [...archivos.values()].map(({ nombre, tipo, br }) => ({ nombre, tipo, comprimido: br !== undefined }))
  await writeFile(join(carpeta, INDICE), JSON.stringify({ archivos: lista, enlaces } satisfies Indice))
}

/** La página que `guardarPaquete` dejó en `carpeta`. Rechaza si no está. */
export const leerPaquete = async (carpeta: string): Promise<Paquete> => {
  const { archivos, enlaces } = JSON.parse(await readFile(join(carpeta, INDICE), 'utf8')) as Indice
  const leer = (archivo: string): Promise<Buffer> => readFile(join(carpeta, archivo))
  const leidos = await Promise.all(
    archivos.map(
      async ({ nombre, tipo, comprimido }): Promise<Estatico> => ({
        ...{ nombre, tipo, contenido: await leer(nombre) },
        ...(comprimido && { br: await leer(`${nombre}.br`), gzip: await leer(`${nombre}.gz`) }),
      }),
    ),
  )
  return { archivos: new Map(leidos.map((uno) => [uno.nombre, uno])), ...enlaces }
}
