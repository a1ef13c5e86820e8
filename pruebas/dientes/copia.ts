import { execFileSync, spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { CARPETA } from './defectos.ts'

export const RAIZ = join(import.meta.dirname, '..', '..')

/** Otra carpeta con lo mismo que ésta, para estropear allá lo que aquí no se toca. */
export type Copia = Readonly<{
  carpeta: string
  /** Lo que dice `git apply` si el parche ya no entra; `undefined` si entró. */
  aplicar: (nombre: string) => string | undefined
  /** Deja los archivos del parche como estaban. */
  deshacer: (nombre: string) => void
  borrar: () => void
}>

/** Los que están en git y los que van a estarlo. */
const archivos = (): readonly string[] =>
  execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: RAIZ, encoding: 'utf8' })
    .split('\0')
    .filter((ruta) => ruta !== '' && existsSync(join(RAIZ, ruta)))

/**
 * Los paquetes ajenos son un enlace a los de aquí. Los nuestros son enlaces relativos, y se copian como son: así `seedwork` es el de la
 * copia, que es el que se estropea.
 */
const enlazarModulos = (carpeta: string): void => {
  const [de, a] = [join(RAIZ, 'node_modules'), join(carpeta, 'node_modules')]
  mkdirSync(a)
  for (const nombre of readdirSync(de)) {
    if (nombre === '.cache') continue
    const ruta = join(de, nombre)
    symlinkSync(lstatSync(ruta).isSymbolicLink() ? readlinkSync(ruta) : ruta, join(a, nombre))
  }
}

const git = (carpeta: string, args: readonly string[]) =>
  // La copia no es un repositorio, y no debe encontrar otro más arriba.
  spawnSync('git', [...args], { cwd: carpeta, encoding: 'utf8', env: { ...process.env, GIT_CEILING_DIRECTORIES: dirname(carpeta) } })

const parche = (nombre: string): string => join(CARPETA, `${nombre}.patch`)

export const copiar = (): Copia => {
  const carpeta = realpathSync(mkdtempSync(join(tmpdir(), 'dientes-')))
  for (const ruta of archivos()) cpSync(join(RAIZ, ruta), join(carpeta, ruta))
  enlazarModulos(carpeta)
  return {
    carpeta,
    aplicar: (nombre) => {
      const { status, stderr } = git(carpeta, ['apply', parche(nombre)])
      return status === 0 ? undefined : stderr.trim().split('\n')[0]
    },
    deshacer: (nombre) => {
      const { status, stderr } = git(carpeta, ['apply', '--reverse', parche(nombre)])
      if (status !== 0) throw new Error(`No se pudo quitar ${nombre}: ${stderr}`)
    },
    borrar: () => rmSync(carpeta, { recursive: true, force: true }),
  }
}
