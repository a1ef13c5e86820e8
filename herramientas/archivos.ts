import { execFileSync } from 'node:child_process'
import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Un archivo de texto del proyecto, con su ruta desde la raíz y barras hacia adelante. */
export type Archivo = Readonly<{ ruta: string; texto: string }>

const delRepositorio = (raiz: string): readonly string[] =>
  execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: raiz, encoding: 'utf8' }).split('\0')

/** Una copia descargada sin git: todo, menos lo que .gitignore dejaría fuera. */
const deLaCarpeta = (raiz: string): readonly string[] =>
  globSync('**/*', { cwd: raiz, exclude: ['**/node_modules', 'datos', '.git'] }).map((ruta) => ruta.replaceAll('\\', '/'))

/** Los archivos de texto del proyecto: los que git sigue y los nuevos que no ignora. Omite los binarios. */
export const archivosDeTexto = (raiz: string): readonly Archivo[] =>
  (existsSync(join(raiz, '.git')) ? delRepositorio(raiz) : deLaCarpeta(raiz))
    .filter((ruta) => ruta !== '' && statSync(join(raiz, ruta), { throwIfNoEntry: false })?.isFile())
    .map((ruta) => ({ ruta, texto: readFileSync(join(raiz, ruta), 'utf8') }))
    .filter(({ texto }) => !texto.includes('\0'))
